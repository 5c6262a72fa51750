import type { Engine } from './engine.ts';
import { meteringExports } from './metering/meter.ts';
import { mailbox } from './wire.ts';

const pageBytes = 65_536;
/** Of a 32-bit memory. */
const maxPages = 65_536;

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
  /** Frames; empty after a trap. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** Log frames, also of a step that ended in a trap. They come before those in `output`. */
  readonly logs: Uint8Array<ArrayBuffer>;
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

/**
 * One live guest. `step` is synchronous: it runs until the guest rests or traps. After a trap the
 * instance is dead, and every further step is a fault.
 */
export class Instance {
  readonly #exports: GuestExports;
  readonly #mailboxAddress: number;
  readonly #fuel: WebAssembly.Global<'i64'>;
  readonly #pageLimitHit: WebAssembly.Global<'i32'>;
  readonly #memoryAllowed: number;
  #fuelAllowed = 0;
  #dead = false;

  /**
   * @param limits `fuel` in units, at most 2^53; `memoryBytes` is rounded down to whole pages
   */
  constructor(engine: Engine, limits: { readonly fuel: number; readonly memoryBytes: number }) {
    this.#exports = new WebAssembly.Instance(engine.module).exports as unknown as GuestExports;
    this.#mailboxAddress = engine.mailboxAddress;
    this.#fuel = this.#exports[meteringExports.fuel] as WebAssembly.Global<'i64'>;
    this.#pageLimitHit = this.#exports[meteringExports.pageLimitHit] as WebAssembly.Global<'i32'>;
    const pageLimit = this.#exports[meteringExports.pageLimit] as WebAssembly.Global<'i32'>;
    this.#memoryAllowed = limits.memoryBytes;
    pageLimit.value = Math.min(Math.floor(limits.memoryBytes / pageBytes), maxPages);
    this.#fuel.value = BigInt(limits.fuel);
    this.#fuelAllowed = limits.fuel;
  }

  /** Hands `message` in and lets the guest run until it rests. Never throws. */
  step(message: Uint8Array): StepResult {
    if (this.#dead) return this.#result(emptyBytes(), { kind: 'fault', message: 'dead instance' });
    if (this.#exports.memory.buffer.byteLength > this.#memoryAllowed) {
      this.#dead = true;
      return this.#result(emptyBytes(), { kind: 'memory' });
    }
    try {
      this.#call('deliver', this.#allocate(message), message.length);
      return this.#result(this.#collect());
    } catch (error) {
      this.#dead = true;
      return this.#result(emptyBytes(), this.#trap(error));
    }
  }

  #allocate(message: Uint8Array): number {
    const { cabi_realloc: allocate, memory } = this.#exports;
    const pointer = allocate(0, 0, 1, message.length);
    new Uint8Array(memory.buffer).set(message, pointer);
    return pointer;
  }

  /** Calls an export by the canonical ABI; the jobs that it queued run in its post-return. */
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

  #takeLogs(): Uint8Array<ArrayBuffer> {
    const view = this.#mailbox();
    const used = Math.min(view.getUint32(mailbox.used, true), mailbox.size - mailbox.data);
    view.setUint32(mailbox.used, 0, true);
    const start = this.#mailboxAddress + mailbox.data;
    return new Uint8Array(this.#exports.memory.buffer.slice(start, start + used) as ArrayBuffer);
  }

  #result(output: Uint8Array<ArrayBuffer>, trap?: Trap): StepResult {
    const left = Number(this.#fuel.value as bigint);
    return {
      output,
      logs: this.#takeLogs(),
      fuelUsed: this.#fuelAllowed - Math.max(0, left),
      memoryBytes: this.#exports.memory.buffer.byteLength,
      ...(trap === undefined ? {} : { trap }),
    };
  }
}

const emptyBytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(0);
