import { counted, SandboxError } from '@org/core';

/** How a server that fails is tried again. */
export interface ReconnectOptions {
  /** Failures in a row after which calls are refused at once instead of waiting. */
  readonly failures: number;
  /** A failure is forgotten so long after it, in ms. */
  readonly windowMs: number;
  /** Wait after the first failure, in ms; it doubles with each further one. */
  readonly backoffMs: number;
  /** The longest wait, in ms. */
  readonly maxBackoffMs: number;
}

export const defaultReconnect: ReconnectOptions = Object.freeze({
  failures: 5,
  windowMs: 60_000,
  backoffMs: 100,
  maxBackoffMs: 30_000,
});

/**
 * Decides when a server may be connected to again. After each failure the next attempt waits,
 * twice as long each time and at random between half of that and all of it. From the `failures`th
 * on, nothing waits any more: calls are refused until the time has come, and then one attempt is
 * let through. Only an answered call ends the count, so a server that dies after each handshake is
 * held off too.
 */
export class Breaker {
  readonly #options: ReconnectOptions;
  readonly #now: () => number;
  #failures = 0;
  #failedAt = 0;
  #notBefore = 0;
  #lastError: SandboxError | undefined;
  #probing = false;

  /** @param now a clock in ms that never goes back */
  constructor(options: ReconnectOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
  }

  /** Milliseconds until an attempt is let through while calls are refused; else 0. */
  get refusedMs(): number {
    const isOpen = this.#failures >= this.#options.failures;
    return isOpen ? Math.max(0, Math.ceil(this.#notBefore - this.#now())) : 0;
  }

  /**
   * Lets an attempt through: it has to wait for the returned time in ms, and to end in
   * `connected()` or `fail()`.
   * @throws SandboxError `SERVER_UNAVAILABLE` with `retryAfterMs`: too many failures
   */
  admit(): number {
    const waitMs = Math.max(0, this.#notBefore - this.#now());
    if (this.#failures < this.#options.failures) return waitMs;
    if (waitMs > 0) throw this.#refusal(Math.ceil(waitMs));
    if (this.#probing) throw this.#refusal(this.#options.backoffMs);
    this.#probing = true;
    return 0;
  }

  /** The attempt made a connection. */
  connected(): void {
    this.#probing = false;
  }

  /** A call was answered. */
  succeed(): void {
    this.#failures = 0;
    this.#notBefore = 0;
  }

  /** A connection could not be made, or ended by itself. */
  fail(error: SandboxError): void {
    const { windowMs, backoffMs, maxBackoffMs } = this.#options;
    const now = this.#now();
    this.#probing = false;
    if (now - Math.max(this.#failedAt, this.#notBefore) > windowMs) this.#failures = 0;
    this.#failures++;
    this.#failedAt = now;
    this.#lastError = error;
    const fullMs = Math.min(maxBackoffMs, backoffMs * 2 ** (this.#failures - 1));
    this.#notBefore = now + fullMs * (0.5 + Math.random() / 2);
  }

  #refusal(retryAfterMs: number): SandboxError {
    const last = this.#lastError;
    const message = `The server failed ${counted(this.#failures, 'time')} in a row and is tried again in ${retryAfterMs} ms. ${last?.message ?? ''}`;
    return new SandboxError('SERVER_UNAVAILABLE', message, {
      ...(last?.hint !== undefined && { hint: last.hint }),
      retryable: last?.retryable ?? true,
      retryAfterMs,
      cause: last,
    });
  }
}
