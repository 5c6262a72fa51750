import type { StepResult } from './instance.ts';

/** In 32-bit words, and in 64-bit ones. */
const [bell, requestLength, outputLength] = [0, 1, 2];
const [fuelUsed, memoryBytes] = [2, 3];
const dataAt = 64;
/** As much as fits into the guest's mailbox. */
const dataBytes = 65_536;

/** The memory that a worker shares with the thread that it works for. */
export type SharedExchange = SharedArrayBuffer;

export const newExchange = (): SharedExchange => new SharedArrayBuffer(dataAt + dataBytes);

/**
 * What both sides do with that memory. A step and its result cross in it, if they are small; all else
 * goes through a port. The worker waits for the bell in any case, which takes half as long as waiting
 * for an event of the port.
 */
export class Exchange {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  readonly #data: Uint8Array<SharedArrayBuffer>;

  constructor(shared: SharedExchange) {
    this.#words = new Int32Array(shared, 0, 4);
    this.#numbers = new Float64Array(shared, 0, 4);
    this.#data = new Uint8Array(shared, dataAt);
  }

  /** Says that there is a request: `message` here, if it fits, or one in the port. */
  ring(message?: Uint8Array): void {
    if (message !== undefined) {
      this.#data.set(message);
      Atomics.store(this.#words, requestLength, message.length);
    }
    Atomics.add(this.#words, bell, 1);
    Atomics.notify(this.#words, bell);
  }

  /** Whether `bytes` are few enough. */
  fits(bytes: Uint8Array): boolean {
    return bytes.length <= dataBytes;
  }

  /** How often the bell has rung. */
  get rings(): number {
    return Atomics.load(this.#words, bell);
  }

  /** Waits until the bell has rung more often than `heard`. */
  wait(heard: number): void {
    Atomics.wait(this.#words, bell, heard);
  }

  /** The message that is here, once, valid until the next result; undefined: look at the port. */
  takeMessage(): Uint8Array | undefined {
    const length = Atomics.exchange(this.#words, requestLength, 0);
    return length === 0 ? undefined : this.#data.subarray(0, length);
  }

  /** Puts a result here. False where it has to go through the port. */
  put({ output, trap, ...used }: StepResult): boolean {
    if (trap !== undefined || !this.fits(output)) return false;
    this.#data.set(output);
    this.#words[outputLength] = output.length;
    this.#numbers[fuelUsed] = used.fuelUsed;
    this.#numbers[memoryBytes] = used.memoryBytes;
    return true;
  }

  /** The result that was put here. */
  take(): StepResult {
    return {
      output: new Uint8Array(this.#data.subarray(0, this.#words[outputLength])),
      fuelUsed: this.#numbers[fuelUsed] as number,
      memoryBytes: this.#numbers[memoryBytes] as number,
    };
  }
}
