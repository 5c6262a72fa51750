/** Addresses that are remembered; beyond it the oldest is forgotten. */
const maxAddresses = 1_024;
const windowMs = 60_000;

interface Failures {
  since: number;
  count: number;
}

/**
 * Failed authentications of each address in a minute. A valid token always counts, whatever failed
 * before from its address: guessing one is hopeless, and a proxy's address is everybody's.
 */
export class FailureRate {
  readonly #most: number;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(most: number, now: () => number = Date.now) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts a failure. @returns seconds to wait where there were too many */
  fail(address: string): number | undefined {
    const now = this.#now();
    let failures = this.#failures.get(address);
    if (failures === undefined || now - failures.since >= windowMs) {
      failures = { since: now, count: 0 };
      this.#failures.delete(address);
      this.#failures.set(address, failures);
      const [oldest] = this.#failures.keys();
      if (this.#failures.size > maxAddresses && oldest !== undefined) this.#failures.delete(oldest);
    }
    failures.count++;
    if (failures.count <= this.#most) return undefined;
    return Math.ceil((failures.since + windowMs - now) / 1_000);
  }
}
