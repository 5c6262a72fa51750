import { pageBytes } from './bounds.ts';
import { stateExport } from './core-module.ts';
import type { Engine } from './engine.ts';
import { applyState, captureState, type EngineState, resetMemory } from './engine-state.ts';
import { meteringExports } from './metering/instrumentation.ts';
import { pristineImage } from './pristine.ts';
import { mailbox } from './wire.ts';

/** Why a step ended without the guest handing anything out. */
export type Trap =
  | { readonly kind: 'fuel' }
  | { readonly kind: 'memory' }
  /** The prelude ended the run; `limit` is a value of `mailboxLimit`. */
  | { readonly kind: 'prelude'; readonly limit: number }
  /** Anything else: a fault of the engine, or a built-in that it has only as a stub. */
  | { readonly kind: 'fault'; readonly message: string };

/** What one step gave. Byte arrays are copies and belong to the caller. */
export interface StepResult {
  /** Frames. After a trap only the log lines among them count, and at most 64 KiB are there. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** Units used since `start`. */
  readonly fuelUsed: number;
  /** Size of linear memory, which never shrinks. */
  readonly memoryBytes: number;
  readonly trap?: Trap;
}

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(pointer: number, oldSize: number, alignment: number, size: number): number;
  readonly [name: string]: unknown;
}

/** What a run may use, and what it has used before, where it was frozen in between. */
export interface InstanceLimits {
  /** Units, at most 2^53. */
  readonly fuel: number;
  /** Rounded down to whole pages. */
  readonly memoryBytes: number;
  readonly fuelUsed?: number;
}

/**
 * One live guest. `step` is synchronous: it runs until the guest rests or traps. After a trap the
 * instance is dead, and every further step is a fault, until it is reset.
 */
export class Instance {
  readonly #exports: GuestExports;
  readonly #mailboxAddress: number;
  readonly #fuel: WebAssembly.Global<'i64'>;
  readonly #pageLimit: WebAssembly.Global<'i64'>;
  readonly #pageLimitHit: WebAssembly.Global<'i32'>;
  readonly #globals: readonly WebAssembly.Global[];
  readonly #pristine: Uint8Array;
  readonly #pristineGlobals: readonly bigint[];
  #memoryAllowed = 0;
  #fuelAllowed = 0;
  #dead = true;

  /** A pristine instance; `start` or `thaw` makes it ready for steps. */
  constructor(engine: Engine) {
    this.#exports = new WebAssembly.Instance(engine.module).exports as unknown as GuestExports;
    this.#mailboxAddress = engine.mailboxAddress;
    this.#fuel = this.#exports[meteringExports.fuel] as WebAssembly.Global<'i64'>;
    this.#pageLimit = this.#exports[meteringExports.pageLimit] as WebAssembly.Global<'i64'>;
    this.#pageLimitHit = this.#exports[meteringExports.pageLimitHit] as WebAssembly.Global<'i32'>;
    this.#globals = Array.from(
      { length: engine.globals },
      (_, index) => this.#exports[stateExport(index)] as WebAssembly.Global,
    );
    this.#pristine = pristineImage(engine.pristine, () => this.#exports.memory);
    this.#pristineGlobals = this.#readGlobals();
  }

  /** Makes a pristine instance ready for its first step. */
  start({ fuel, memoryBytes, fuelUsed = 0 }: InstanceLimits): void {
    this.#memoryAllowed = memoryBytes;
    this.#pageLimit.value = BigInt(Math.floor(memoryBytes / pageBytes));
    this.#pageLimitHit.value = 0;
    this.#fuel.value = BigInt(fuel - fuelUsed);
    this.#fuelAllowed = fuel;
    this.#dead = false;
  }

  /** Puts the state of a frozen program into a pristine instance. */
  thaw(state: EngineState, limits: InstanceLimits): void {
    this.start(limits);
    const { memory } = this.#exports;
    memory.grow(state.pages - memory.buffer.byteLength / pageBytes);
    applyState(state, new Uint8Array(memory.buffer), this.#pristine);
    this.#writeGlobals(state.globals);
  }

  /** What a step would say that does nothing. */
  rest(): StepResult {
    return this.#result();
  }

  /** The state of a guest that rests; a copy. The instance can go on. */
  freeze(): EngineState {
    if (this.#dead) throw new Error('A dead instance cannot be frozen.');
    return captureState(this.memory, this.#readGlobals(), this.#pristine);
  }

  /**
   * Makes the instance pristine again: memory and globals equal those of a new one.
   * @returns false when its memory has grown, which cannot be undone: then it is of no more use
   */
  reset(): boolean {
    this.#dead = true;
    if (this.memory.length !== this.#pristine.length) return false;
    resetMemory(this.memory, this.#pristine);
    this.#writeGlobals(this.#pristineGlobals);
    this.#pageLimitHit.value = 0;
    return true;
  }

  /** All of linear memory, until it grows. */
  get memory(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer);
  }

  #readGlobals(): bigint[] {
    return this.#globals.map(({ value }) => BigInt(value as number | bigint));
  }

  #writeGlobals(values: readonly bigint[]): void {
    for (const [index, value] of values.entries()) {
      const global = this.#globals[index] as WebAssembly.Global;
      global.value = typeof global.value === 'bigint' ? value : Number(value);
    }
  }

  /** Hands `message` in and lets the guest run until it rests. Never throws. */
  step(message: Uint8Array): StepResult {
    if (this.#dead) return this.#result({ kind: 'fault', message: 'dead instance' });
    if (this.#exports.memory.buffer.byteLength > this.#memoryAllowed) {
      this.#dead = true;
      return this.#result({ kind: 'memory' });
    }
    try {
      this.#deliver(message);
      if (this.#mailbox().getUint32(mailbox.more, true) === 0) return this.#result();
      return this.#result(undefined, this.#collect());
    } catch (error) {
      this.#dead = true;
      return this.#result(this.#trap(error));
    }
  }

  #deliver(message: Uint8Array): void {
    const { cabi_realloc: allocate, memory } = this.#exports;
    if (message.length <= mailbox.outbox - mailbox.inbox) {
      this.#mailbox().setUint32(mailbox.delivered, message.length, true);
      this.memory.set(message, this.#mailboxAddress + mailbox.inbox);
      this.#call('step');
    } else {
      const pointer = allocate(0, 0, 8, message.length);
      new Uint8Array(memory.buffer).set(message, pointer);
      this.#call('deliver', pointer, message.length);
    }
  }

  /** Calls an export by the canonical ABI: the jobs that it queues run before it returns. */
  #call(name: string, ...args: number[]): void {
    const call = this.#exports[`org:agent/guest#${name}`] as (...args: number[]) => number;
    const settle = this.#exports[`cabi_post_org:agent/guest#${name}`] as (result: number) => void;
    settle(call(...args));
  }

  #collect(): Uint8Array<ArrayBuffer> {
    const collect = this.#exports['org:agent/guest#collect'] as () => number;
    const settle = this.#exports['cabi_post_org:agent/guest#collect'] as (result: number) => void;
    const result = collect();
    const { buffer } = this.#exports.memory;
    const view = new DataView(buffer, result, 8);
    const pointer = view.getUint32(0, true);
    const output = new Uint8Array(
      buffer.slice(pointer, pointer + view.getUint32(4, true)) as ArrayBuffer,
    );
    settle(result);
    return output;
  }

  #trap(error: unknown): Trap {
    // The counters are the metered code's own: nothing that a program throws can set them.
    if ((this.#fuel.value as bigint) < 0n) return { kind: 'fuel' };
    if (this.#pageLimitHit.value !== 0) return { kind: 'memory' };
    const limit = this.#mailbox().getUint32(mailbox.limit, true);
    if (limit !== 0) return { kind: 'prelude', limit };
    return { kind: 'fault', message: error instanceof Error ? error.message : String(error) };
  }

  #mailbox(): DataView {
    return new DataView(this.#exports.memory.buffer, this.#mailboxAddress, mailbox.size);
  }

  /** The frames in the outbox, which it empties. */
  #takeWritten(): Uint8Array<ArrayBuffer> {
    const view = this.#mailbox();
    const written = Math.min(view.getUint32(mailbox.written, true), mailbox.size - mailbox.outbox);
    view.setUint32(mailbox.written, 0, true);
    const start = this.#mailboxAddress + mailbox.outbox;
    return new Uint8Array(this.#exports.memory.buffer.slice(start, start + written) as ArrayBuffer);
  }

  #result(trap?: Trap, output = this.#takeWritten()): StepResult {
    const left = Number(this.#fuel.value as bigint);
    return {
      output,
      fuelUsed: this.#fuelAllowed - Math.max(0, left),
      memoryBytes: this.#exports.memory.buffer.byteLength,
      ...(trap === undefined ? {} : { trap }),
    };
  }
}
