import { describe, expect, test, vi } from 'vitest';
import { memoryResults, type ResultStore } from '../src/result-store.ts';

/** What every store of results has to hold. */
const stores: Record<string, (bounds: { entries: number; bytes: number }) => ResultStore> = {
  memoryResults,
};

describe.each(Object.entries(stores))('%s', (_name, open) => {
  const wide = { entries: 1_000, bytes: 1_000_000 };
  const forever = 60_000;

  test('get() gives what was set last under this server and key', async () => {
    const store = open(wide);
    expect(await store.get('s', 'k')).toBeUndefined();
    await store.set('s', 'k', '1', forever);
    await store.set('s', 'k', '"two"', forever);
    expect(await store.get('s', 'k')).toBe('"two"');
    expect(await store.get('s', 'K')).toBeUndefined();
    expect(await store.get('S', 'k')).toBeUndefined();
    expect(await store.get('', 'sk')).toBeUndefined();
  });

  test('drop() forgets what is under this server, and nothing else', async () => {
    const store = open(wide);
    for (const server of ['s', 'sx', 'x']) {
      for (const key of ['a', 'b']) await store.set(server, key, server, forever);
    }
    await store.drop('s');
    await store.drop('unknown');
    for (const key of ['a', 'b']) {
      expect(await store.get('s', key)).toBeUndefined();
      expect(await store.get('sx', key)).toBe('sx');
      expect(await store.get('x', key)).toBe('x');
    }
  });

  test('an entry is gone after its time', async () => {
    const store = open(wide);
    await store.set('s', 'short', '1', 20);
    await store.set('s', 'long', '1', forever);
    await vi.waitFor(async () => expect(await store.get('s', 'short')).toBeUndefined(), {
      timeout: 60_000,
    });
    expect(await store.get('s', 'long')).toBe('1');
  });

  test('the bounds hold, and what was used longest ago goes first', async () => {
    const store = open({ entries: 3, bytes: 1_000_000 });
    for (const key of ['a', 'b', 'c']) await store.set('s', key, key, forever);
    await store.get('s', 'a');
    await store.set('s', 'd', 'd', forever);
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get('s', key)));
    expect(kept).toEqual(['a', undefined, 'c', 'd']);
  });

  test('the bound of bytes holds, and an entry that is too large is not kept', async () => {
    const store = open({ entries: 1_000, bytes: 16_000 });
    await store.set('s', 'large', 'x'.repeat(8_000), forever);
    expect(await store.get('s', 'large')).toBeUndefined();
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    for (const key of keys) await store.set('s', key, 'x'.repeat(500), forever);
    const kept = await Promise.all(keys.map((key) => store.get('s', key)));
    const characters = kept.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    expect(characters).toBeGreaterThan(0);
    expect(characters * 2).toBeLessThanOrEqual(16_000);
  });
});
