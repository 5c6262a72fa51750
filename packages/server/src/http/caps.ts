import { SandboxError } from '@org/core';

/** What the server holds for its clients at most. Times in milliseconds. */
export interface HttpCaps {
  /** Of one request; a larger one is answered with 413. */
  readonly bodyBytes: number;
  /** Of all requests under way together; beyond it 503. */
  readonly allBodiesBytes: number;
  /** Request line and headers; more is answered with 431. */
  readonly headerBytes: number;
  /** From the first byte of a request to the end of its headers; then 408. */
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body; then 408. */
  readonly requestMs: number;
  /** A connection on which nothing moves, with no request or with an answer that is not taken. */
  readonly idleConnectionMs: number;
  /** Open connections; further ones are closed unanswered. */
  readonly connections: number;
  /** Requests of one client under way; further ones are answered with 429. */
  readonly requestsPerClient: number;
  /** Requests of all clients under way; beyond it 503. */
  readonly requests: number;
  /** Subscriptions of one client (2026-07-28). */
  readonly subscriptionsPerClient: number;
  /** Of one client; a further one ends the one that was idle longest, or is answered with 429. */
  readonly sessionsPerClient: number;
  /** Of all clients; beyond it 503. */
  readonly sessions: number;
  /** A session without a request or stream for so long ends. */
  readonly idleSessionMs: number;
  /** Failed authentications in a minute of one address; beyond it 429 instead of 401. */
  readonly failuresPerMinute: number;
}

const MiB = 1024 * 1024;

export const defaultCaps: HttpCaps = Object.freeze({
  bodyBytes: 2 * MiB,
  allBodiesBytes: 32 * MiB,
  headerBytes: 16 * 1024,
  headersMs: 30_000,
  requestMs: 60_000,
  idleConnectionMs: 60_000,
  connections: 1_024,
  requestsPerClient: 64,
  requests: 512,
  subscriptionsPerClient: 16,
  sessionsPerClient: 128,
  sessions: 2_048,
  idleSessionMs: 30 * 60_000,
  failuresPerMinute: 20,
});

/** @throws SandboxError `USAGE`: an unknown cap, or one that is not a whole number from 1 */
export function resolveCaps(overrides: Partial<HttpCaps> = {}): HttpCaps {
  const caps: Record<string, number> = { ...defaultCaps };
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(caps, name)) {
      throw new SandboxError('USAGE', `There is no cap named ${name}.`, {
        hint: `Use ${Object.keys(caps).join(', ')}.`,
      });
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new SandboxError(
        'USAGE',
        `The cap ${name} must be a whole number from 1, not ${value}.`,
      );
    }
    caps[name] = value;
  }
  return Object.freeze(caps) as unknown as HttpCaps;
}
