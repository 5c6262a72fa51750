/** The guest by its bare exports, so that each part of a step can be timed. */
import type { Engine } from '@org/wasm-runtime';
import type { Samples } from './measure.ts';

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(pointer: number, oldSize: number, alignment: number, size: number): number;
  readonly 'org:agent/guest#deliver': (pointer: number, length: number) => number;
  readonly 'cabi_post_org:agent/guest#deliver': (result: number) => void;
  readonly 'org:agent/guest#collect': () => number;
  readonly 'cabi_post_org:agent/guest#collect': (result: number) => void;
}

/** Milliseconds of each part, one sample a time. */
export class Stages {
  readonly samples = new Map<string, number[]>();
  #last = 0;

  begin(): void {
    this.#last = performance.now();
  }

  /** What was done since `begin` or the last `end` belongs to `stage`. */
  end(stage: string): void {
    const now = performance.now();
    const samples = this.samples.get(stage);
    if (samples === undefined) this.samples.set(stage, [now - this.#last]);
    else samples.push(now - this.#last);
    this.#last = performance.now();
  }

  of(stage: string): Samples {
    return this.samples.get(stage) ?? [];
  }
}

export class StagedGuest {
  readonly #exports: GuestExports;
  readonly #pristine: Uint8Array;
  readonly #globals: readonly (readonly [WebAssembly.Global, number | bigint])[];

  constructor(module: Engine['module']) {
    const { exports } = new WebAssembly.Instance(module);
    this.#exports = exports as unknown as GuestExports;
    this.#pristine = new Uint8Array(this.#exports.memory.buffer.slice(0));
    this.#globals = Object.values(exports)
      .filter((value) => value instanceof WebAssembly.Global)
      .map((global) => [global, global.value]);
  }

  /** Makes it pristine again, if its memory has not grown. */
  reset(): void {
    new Uint8Array(this.#exports.memory.buffer).set(this.#pristine);
    for (const [global, value] of this.#globals) global.value = value;
  }

  /** One step, as `Instance` makes it. */
  step(message: Uint8Array, stages?: Stages, prefix = ''): Uint8Array {
    const guest = this.#exports;
    stages?.begin();
    const pointer = guest.cabi_realloc(0, 0, 1, message.length);
    new Uint8Array(guest.memory.buffer).set(message, pointer);
    stages?.end(`${prefix}hand the message in: allocate and copy`);
    const delivered = guest['org:agent/guest#deliver'](pointer, message.length);
    stages?.end(`${prefix}deliver: bindings, prelude, the program's jobs`);
    guest['cabi_post_org:agent/guest#deliver'](delivered);
    stages?.end(`${prefix}deliver, post-return`);
    const collected = guest['org:agent/guest#collect']();
    stages?.end(`${prefix}collect: bindings`);
    const view = new DataView(guest.memory.buffer, collected, 8);
    const start = view.getUint32(0, true);
    const output = new Uint8Array(
      guest.memory.buffer.slice(start, start + view.getUint32(4, true)),
    );
    stages?.end(`${prefix}copy the frames out`);
    guest['cabi_post_org:agent/guest#collect'](collected);
    stages?.end(`${prefix}collect, post-return`);
    return output;
  }
}
