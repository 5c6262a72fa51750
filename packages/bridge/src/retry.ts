import { setTimeout as pause } from 'node:timers/promises';
import type { ToolCallOutcome } from '@org/core';
import type { Reply } from './mcp-failure.ts';
import type { Answer } from './result-cache.ts';

const maxRetries = 3;
const baseMs = 100;

export interface Attempt extends Answer {
  /** Whether the call may be made again. */
  readonly again: boolean;
}

/**
 * Whether a call may be made again after this reply: it never reached the server, and a new
 * connection or a later moment can help; or it got lost and a second one does no harm.
 */
export function mayRepeat(
  reply: Reply,
  outcome: ToolCallOutcome,
  { idempotent, sessionGone }: { readonly idempotent: boolean; readonly sessionGone: boolean },
): boolean {
  if (reply.kind === 'unanswered') return idempotent && reply.why === 'lost';
  if (reply.kind !== 'unsent' || outcome.status === 'done') return false;
  return sessionGone || outcome.error.retryable;
}

/** The time from the first sending of a call until it has to be answered. */
export class Deadline {
  readonly #ms: number;
  #endsAt: number | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** In milliseconds; the first use starts it. */
  left(): number {
    this.#endsAt ??= performance.now() + this.#ms;
    return this.#endsAt - performance.now();
  }

  /** Whether more than half of the time is left after `waitMs` more. */
  leavesHalf(waitMs: number): boolean {
    return this.left() - waitMs > this.#ms / 2;
  }
}

/**
 * The answer of the first attempt after which the call is not to be made again, at most three more
 * than one, each after a random time of up to 100, 200 and 400 ms. When `retry` cannot make another
 * attempt and throws, or when half of the time is over, the answer before stands: what was sent stays
 * `unknown`.
 */
export async function withRetries(
  first: () => Promise<Attempt>,
  retry: () => Promise<Attempt>,
  { deadline, signal }: { readonly deadline: Deadline; readonly signal: AbortSignal },
): Promise<Attempt> {
  let last = await first();
  for (let retries = 0; last.again && retries < maxRetries; retries++) {
    const waitMs = Math.random() * baseMs * 2 ** retries;
    // With little time left, a failure that is known would become an outcome that is not.
    if (!deadline.leavesHalf(waitMs)) break;
    try {
      await pause(waitMs, undefined, { signal });
      last = await retry();
    } catch {
      break;
    }
  }
  return last;
}
