/** The guest by its bare exports, so that each part of a step can be timed. */
import type { Engine } from '@org/wasm-runtime';
import { mailbox } from '../packages/wasm-runtime/src/wire.ts';
import type { Samples } from './measure.ts';

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  readonly 'org:agent/guest#step': () => number;
  readonly 'cabi_post_org:agent/guest#step': (result: number) => void;
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

  readonly #mailboxAddress: number;

  constructor({ module, mailboxAddress }: Engine) {
    this.#mailboxAddress = mailboxAddress;
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

  /** One step, as `Instance` makes it, of a message and frames that fit into the mailbox. */
  step(message: Uint8Array, stages?: Stages, prefix = ''): Uint8Array {
    const guest = this.#exports;
    stages?.begin();
    const view = new DataView(guest.memory.buffer, this.#mailboxAddress, mailbox.size);
    view.setUint32(mailbox.delivered, message.length, true);
    new Uint8Array(guest.memory.buffer).set(message, this.#mailboxAddress + mailbox.inbox);
    stages?.end(`${prefix}put the message into the mailbox`);
    const result = guest['org:agent/guest#step']();
    stages?.end(`${prefix}step: bindings, prelude, the program's jobs`);
    guest['cabi_post_org:agent/guest#step'](result);
    stages?.end(`${prefix}step, post-return`);
    const after = new DataView(guest.memory.buffer, this.#mailboxAddress, mailbox.size);
    const start = this.#mailboxAddress + mailbox.outbox;
    const written = after.getUint32(mailbox.written, true);
    const output = new Uint8Array(guest.memory.buffer.slice(start, start + written));
    after.setUint32(mailbox.written, 0, true);
    stages?.end(`${prefix}take the frames out of the mailbox`);
    return output;
  }
}
