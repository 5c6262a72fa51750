import { SandboxError } from '@org/core';

/** Who waits for a signal, behind one listener of ours. */
const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `then` when `signal` aborts, unless the function that it returns is called before. Adding a
 * listener to a signal takes a look at all that it has, so thousands of calls of one run do not
 * listen each for themselves.
 */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  let all = waiting.get(signal);
  if (all === undefined) {
    all = new Waiting(signal);
    waiting.set(signal, all);
  }
  return all.add(then);
}

class Waiting {
  readonly #signal: AbortSignal;
  readonly #callbacks = new Set<() => void>();
  readonly #abort = () => {
    for (const callback of this.#callbacks) callback();
    this.#callbacks.clear();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(then: () => void): () => void {
    // A callback of its own, as one function can be given twice.
    const callback = () => then();
    if (this.#callbacks.size === 0) {
      this.#signal.addEventListener('abort', this.#abort, { once: true });
    }
    this.#callbacks.add(callback);
    return () => {
      // Node keeps a signal made of others alive as long as anybody listens to it.
      if (this.#callbacks.delete(callback) && this.#callbacks.size === 0) {
        this.#signal.removeEventListener('abort', this.#abort);
      }
    };
  }
}

export function notSent(): SandboxError {
  return new SandboxError('ABORTED', 'The call was cancelled before it was sent.');
}

/** `promise`, given up as not sent when the signal aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(notSent());
    if (signal.aborted) giveUp();
    const stop = onAbort(signal, giveUp);
    promise.then(resolve, reject).finally(stop);
  });
}
