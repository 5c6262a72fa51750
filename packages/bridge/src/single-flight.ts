import { notSent, onAbort } from './abort.ts';

/** One piece of work for all who ask for it while it goes on. */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /**
   * @param work is cancelled once nobody waits for it any more
   * @param left what somebody gets who gives up while others still wait
   * @throws SandboxError `ABORTED`: the signal aborted before
   */
  async join(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
    left: () => Result,
  ): Promise<{ readonly result: Result; readonly joined: boolean }> {
    if (signal.aborted) throw notSent();
    let flight = this.#flights.get(key);
    const joined = flight !== undefined;
    if (flight === undefined) {
      const begun = new Flight(work);
      flight = begun;
      this.#flights.set(key, begun);
      // A flight that nobody waits for is not to be joined while it ends.
      begun.over(() => {
        if (this.#flights.get(key) === begun) this.#flights.delete(key);
      });
    }
    return { result: await flight.wait(signal, left), joined };
  }
}

class Flight<Result> {
  readonly #abort = new AbortController();
  readonly #result: Promise<Result>;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<Result>) {
    this.#result = work(this.#abort.signal);
  }

  over(then: () => void): void {
    this.#abort.signal.addEventListener('abort', then, { once: true });
    this.#result.then(then, then);
  }

  wait(signal: AbortSignal, left: () => Result): Promise<Result> {
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const stop = onAbort(signal, () => {
        if (--this.#waiting > 0) resolve(left());
        else this.#abort.abort();
      });
      this.#result.then(resolve, reject).finally(stop);
    });
  }
}
