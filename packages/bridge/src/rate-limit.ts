import { setTimeout as pause } from 'node:timers/promises';
import { counted, SandboxError, type ServerId, type ToolName } from '@org/core';
import { notSent } from './abort.ts';
import { quoted } from './lookup.ts';
import type { Rate, RateStore } from './rate-store.ts';
import { parseToolPattern, type ToolPattern } from './tool-pattern.ts';
import type { WaitingCalls } from './waiting.ts';

export interface RateRule extends Rate {
  /** A pattern. */
  readonly tools: string;
  /** Whether each tool has the rate for itself (default), or all that match of one server share it. */
  readonly share?: 'tool' | 'server';
}

/** How often tools may be called. Calls that are answered from the cache do not count. */
export interface RateRules {
  readonly rates?: readonly RateRule[];
  /** How long a call waits for its turn before it is refused; 0: not at all. Default 10,000. */
  readonly rateWaitMs?: number;
}

interface Limit extends Rate {
  readonly name: string;
  readonly pattern: ToolPattern;
  readonly share: 'tool' | 'server';
}

interface RatedCall {
  readonly server: ServerId;
  readonly tool: ToolName;
  /** For whom it is made: each has the rate for itself. */
  readonly principal: string;
}

const defaultWaitMs = 10_000;
const maxMs = 24 * 60 * 60 * 1_000;
const maxCalls = 1_000_000;

export class RateLimits {
  readonly #limits: readonly Limit[];
  readonly #waitMs: number;
  readonly #store: RateStore;
  readonly #waiting: WaitingCalls;

  /** @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: a rule that cannot be used */
  constructor(
    rules: RateRules,
    configured: readonly ServerId[],
    store: RateStore,
    waiting: WaitingCalls,
  ) {
    const { rates = [], rateWaitMs = defaultWaitMs } = rules;
    inRange('rateWaitMs', rateWaitMs, 0, maxMs);
    this.#waitMs = rateWaitMs;
    this.#store = store;
    this.#waiting = waiting;
    this.#limits = rates.map(({ tools, calls, intervalMs, share = 'tool' }) => {
      inRange('calls', calls, 1, maxCalls);
      inRange('intervalMs', intervalMs, 1, maxMs);
      const pattern = parseToolPattern(tools, configured);
      return { name: tools, pattern, calls, intervalMs, share };
    });
  }

  /**
   * Takes a turn at every rate that holds for the tool, and waits for it where that is short enough.
   * A call that is refused by one rate may have counted at another.
   * @throws SandboxError `RATE_LIMITED`, or `ABORTED` while it waits
   */
  async take({ server, tool, principal }: RatedCall, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + this.#waitMs;
    for (const limit of this.#limits) {
      if (!limit.pattern.matches(server, tool)) continue;
      // By the names of configuration and catalog: no spelling of a program's reaches another key.
      const shared = [limit.name, principal, server];
      const key = JSON.stringify(limit.share === 'tool' ? [...shared, tool] : shared);
      for (;;) {
        const retryAfterMs = await this.#store.take(key, limit);
        if (retryAfterMs === 0) break;
        if (performance.now() + retryAfterMs > deadline) {
          throw limited(limit, { server, tool, retryAfterMs });
        }
        const waited = this.#waiting.begin(server, tool, 'rate', retryAfterMs);
        try {
          await pause(retryAfterMs, undefined, { signal });
        } catch {
          throw notSent();
        } finally {
          waited();
        }
      }
    }
  }
}

function limited(
  { calls, intervalMs, share }: Limit,
  { server, tool, retryAfterMs }: { server: string; tool: string; retryAfterMs: number },
): SandboxError {
  const whose = share === 'tool' ? `${quoted(tool)} of server` : 'server';
  return new SandboxError(
    'RATE_LIMITED',
    `The ${counted(calls, 'call')} in ${intervalMs} ms that ${whose} ${quoted(server)} may get ${calls === 1 ? 'is' : 'are'} used up.`,
    { hint: `Call it again after ${retryAfterMs} ms.`, retryable: true, retryAfterMs },
  );
}

function inRange(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new SandboxError(
    'USAGE',
    `${name} of a rate must be a whole number from ${least} to ${most}, not ${value}.`,
  );
}
