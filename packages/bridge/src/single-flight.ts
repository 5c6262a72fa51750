import { notSent, onAbort } from './abort.ts';

/** Who waits for a piece of work. */
export interface Waiter {
  readonly signal: AbortSignal;
  /** Called each time before the work sends something; throws where it must not be for this one. */
  readonly onSent?: (() => void) | undefined;
}

type Work<Result> = (signal: AbortSignal, onSent: () => void) => Promise<Result>;

/** One piece of work for all who ask for it while it goes on. */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /**
   * @param work is cancelled once nobody waits for it any more
   * @param left what somebody gets who gives up while others still wait
   * @throws SandboxError `ABORTED`: the signal aborted before; and what `onSent` throws
   */
  async join(
    key: string,
    waiter: Waiter,
    work: Work<Result>,
    left: () => Result,
  ): Promise<{ readonly result: Result; readonly joined: boolean }> {
    if (waiter.signal.aborted) throw notSent();
    let flight = this.#flights.get(key);
    const joined = flight !== undefined;
    if (flight === undefined) {
      const begun = new Flight<Result>();
      flight = begun;
      this.#flights.set(key, begun);
      // A flight that nobody waits for is not to be joined while it ends.
      begun.over(() => {
        if (this.#flights.get(key) === begun) this.#flights.delete(key);
      });
    }
    const result = flight.wait(waiter, left);
    if (!joined) flight.begin(work);
    return { result: await result, joined };
  }
}

class Flight<Result> {
  readonly #abort = new AbortController();
  readonly #result = Promise.withResolvers<Result>();
  readonly #waiting = new Map<Waiter, (error: unknown) => void>();
  #isSent = false;

  begin(work: Work<Result>): void {
    this.#result.resolve(work(this.#abort.signal, () => this.#send()));
  }

  over(then: () => void): void {
    this.#abort.signal.addEventListener('abort', then, { once: true });
    this.#result.promise.then(then, then);
  }

  wait(waiter: Waiter, left: () => Result): Promise<Result> {
    if (this.#isSent) waiter.onSent?.();
    return new Promise((resolve, reject) => {
      const stop = onAbort(waiter.signal, () => {
        this.#waiting.delete(waiter);
        if (this.#waiting.size > 0) resolve(left());
        else this.#abort.abort();
      });
      this.#waiting.set(waiter, reject);
      this.#result.promise.then(resolve, reject).finally(stop);
    });
  }

  /** @throws what the last one throws who waits, where nothing may be sent for anybody */
  #send(): void {
    for (const [waiter, reject] of this.#waiting) {
      try {
        waiter.onSent?.();
      } catch (error) {
        reject(error);
        this.#waiting.delete(waiter);
        if (this.#waiting.size === 0) throw error;
      }
    }
    this.#isSent = true;
  }
}
