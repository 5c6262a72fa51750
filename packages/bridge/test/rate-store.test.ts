import { describe, expect, test, vi } from 'vitest';
import { memoryRates, type RateStore } from '../src/rate-store.ts';

/** What every store of rates has to hold. */
const stores: Record<string, () => RateStore> = { memoryRates };

describe.each(Object.entries(stores))('%s', (_name, open) => {
  const rate = { calls: 3, intervalMs: 60_000 };

  test('take() lets as many through as the rate allows, also at the same time', async () => {
    const store = open();
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take('k', rate)));
    expect(taken.filter((ms) => ms === 0)).toHaveLength(3);
    for (const ms of taken.filter((one) => one !== 0)) {
      expect(ms).toBeGreaterThan(1);
      expect(ms).toBeLessThanOrEqual(60_000);
      expect(Number.isInteger(ms)).toBe(true);
    }
  });

  test('keys and rates are counted apart', async () => {
    const store = open();
    const one = { calls: 1, intervalMs: 60_000 };
    expect(await store.take('a', one)).toBe(0);
    expect(await store.take('b', one)).toBe(0);
    expect(await store.take('A', one)).toBe(0);
    expect(await store.take('a', one)).toBeGreaterThan(0);
    expect(await store.take('a', rate)).toBe(0);
  });

  test('take() lets through again after the time that it told', async () => {
    const store = open();
    const short = { calls: 1, intervalMs: 50 };
    const begun = performance.now();
    expect(await store.take('k', short)).toBe(0);
    await vi.waitFor(async () => expect(await store.take('k', short)).toBe(0), {
      interval: 5,
      timeout: 60_000,
    });
    // Timers of this machine may be a millisecond early.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(48);
  });
});
