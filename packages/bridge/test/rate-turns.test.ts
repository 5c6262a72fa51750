import { parseServerId, parseToolName } from '@org/core';
import { describe, expect, test } from 'vitest';
import type { BridgeEvent } from '../src/bridge-event.ts';
import { RateLimits, type RateRules } from '../src/rate-limit.ts';
import { memoryRates, type Rate, type RateStore } from '../src/rate-store.ts';
import { WaitingCalls } from '../src/waiting.ts';

const [files, mail] = ['files', 'mail'].map(parseServerId) as [never, never];
const configured = [files, mail];
const never = new AbortController().signal;
const minute = 60_000;

function limits(
  rules: RateRules,
  store: RateStore = memoryRates(),
  events: BridgeEvent[] = [],
): RateLimits {
  const waiting = new WaitingCalls((event) => events.push(event));
  return new RateLimits(rules, configured, store, waiting);
}

const call = (server: string, tool: string, principal = 'ann') => ({
  server: parseServerId(server),
  tool: parseToolName(tool),
  principal,
});

/** Notes what is taken, and answers how long to wait as told; then 0. */
function noting(...answers: number[]) {
  const taken: { key: string; rate: Rate }[] = [];
  const store: RateStore = {
    take: async (key, rate) => {
      taken.push({ key, rate });
      return answers[taken.length - 1] ?? 0;
    },
  };
  return { store, taken };
}

describe('RateLimits.take()', () => {
  test('without rates takes no turn', async () => {
    const { store, taken } = noting();
    await limits({}, store).take(call('files', 'get'), never);
    expect(taken).toEqual([]);
  });

  test('takes a turn at each rate that matches, for the tool or the server, and the principal', async () => {
    const { store, taken } = noting();
    const rates = [
      { tools: 'files', calls: 3, intervalMs: 5 },
      { tools: 'mail', calls: 1, intervalMs: 1 },
      { tools: '*.get', calls: 2, intervalMs: 7, share: 'tool' as const },
      { tools: '*', calls: 4, intervalMs: 9, share: 'server' as const },
    ];
    await limits({ rates }, store).take(call('files', 'get'), never);
    expect(taken.map(({ key }) => JSON.parse(key))).toEqual([
      ['files', 'ann', 'files', 'get'],
      ['*.get', 'ann', 'files', 'get'],
      ['*', 'ann', 'files'],
    ]);
    expect(taken.map(({ rate: { calls, intervalMs } }) => [calls, intervalMs])).toEqual([
      [3, 5],
      [2, 7],
      [4, 9],
    ]);
  });

  test('counts principals apart', async () => {
    const rates = [{ tools: 'files', calls: 1, intervalMs: minute }];
    const own = limits({ rates, rateWaitMs: 0 });
    await own.take(call('files', 'get', 'ann'), never);
    await own.take(call('files', 'get', 'bob'), never);
    await expect(own.take(call('files', 'get', 'ann'), never)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  test.each([
    ['tool', 'The 3 calls in 60000 ms that "get" of server "files" may get are used up.'],
    ['server', 'The 3 calls in 60000 ms that server "files" may get are used up.'],
  ] as const)('refuses what would wait too long, for each %s', async (share, message) => {
    const { store, taken } = noting(10_001);
    const rates = [{ tools: 'files', calls: 3, intervalMs: minute, share }];
    await expect(limits({ rates }, store).take(call('files', 'get'), never)).rejects.toMatchObject({
      ...{ code: 'RATE_LIMITED', retryable: true, retryAfterMs: 10_001 },
      ...{ message, hint: 'Call it again after 10001 ms.' },
    });
    expect(taken).toHaveLength(1);
  });

  test('waits what it is told and asks again, until its turn comes', async () => {
    const { store, taken } = noting(20, 10);
    const rates = [{ tools: 'files', calls: 1, intervalMs: minute }];
    const events: BridgeEvent[] = [];
    const begun = performance.now();
    await limits({ rates, rateWaitMs: minute }, store, events).take(call('files', 'get'), never);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(28);
    expect(taken).toHaveLength(3);
    expect(events).toEqual([]);
  });

  test('waits for all rates together no longer than allowed', async () => {
    // The first wait uses up what the second would need.
    const { store } = noting(400, 0, 400);
    const rate = { tools: 'files', calls: 1, intervalMs: minute };
    const twice = limits({ rates: [rate, rate], rateWaitMs: 600 }, store);
    await expect(twice.take(call('files', 'get'), never)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  test('tells of a wait, gives it up when aborted, and tells of the next one anew', async () => {
    const events: BridgeEvent[] = [];
    const { store } = noting(9_000, 9_000);
    const rates = [{ tools: 'files', calls: 1, intervalMs: minute }];
    const waiting = limits({ rates }, store, events);
    const told = { type: 'waiting', server: 'files', tool: 'get', waitsFor: 'rate', ms: 9_000 };
    for (const count of [1, 2]) {
      const abort = new AbortController();
      const given = waiting.take(call('files', 'get'), abort.signal);
      await Promise.resolve();
      await Promise.resolve();
      abort.abort();
      await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
      expect(events).toEqual(Array(count).fill(told));
    }
  });
});

describe('a rule of rates', () => {
  const rate = { tools: 'files', calls: 1, intervalMs: 1 };
  const day = 24 * 60 * 60 * 1_000;

  test.each<RateRules>([
    { rateWaitMs: 0 },
    { rateWaitMs: day },
    { rates: [rate] },
    { rates: [{ ...rate, calls: 1_000_000, intervalMs: day }] },
  ])('%j can be used', (rules) => {
    expect(limits(rules)).toBeInstanceOf(RateLimits);
  });

  test.each<[RateRules, string]>([
    [{ rateWaitMs: -1 }, 'rateWaitMs of a rate must be a whole number from 0 to 86400000, not -1.'],
    [{ rateWaitMs: day + 1 }, 'rateWaitMs'],
    [{ rateWaitMs: 0.5 }, 'rateWaitMs'],
    [{ rateWaitMs: Number.NaN }, 'rateWaitMs'],
    [
      { rates: [{ ...rate, calls: 0 }] },
      'calls of a rate must be a whole number from 1 to 1000000',
    ],
    [{ rates: [{ ...rate, calls: 1_000_001 }] }, 'calls'],
    [{ rates: [{ ...rate, intervalMs: 0 }] }, 'intervalMs of a rate must be'],
    [{ rates: [{ ...rate, intervalMs: day + 1 }] }, 'intervalMs'],
    [{ rates: [rate, { ...rate, tools: '' }] }, 'pattern'],
  ])('%j is refused', (rules, message) => {
    expect(() => limits(rules)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });
});
