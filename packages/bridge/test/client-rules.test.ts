import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import type { BridgeOptions, PinnedBridge } from '../src/index.ts';
import { failureOf, openBridge, run } from './harness.ts';

const items = run('items.ts');
const open = (options: Partial<BridgeOptions> = {}) =>
  openBridge({ items, other: items }, { policy: { cacheable: ['*.get_*'] }, ...options });

const call = (view: PinnedBridge, tool: string, params: object = {}, server = 'items') =>
  view.callTool(
    { server, tool, paramsJson: JSON.stringify(params) },
    { signal: new AbortController().signal },
  );
const isCached = async (view: PinnedBridge, key: string) => {
  const outcome = await call(view, 'get_item', { key });
  if (outcome.status !== 'done') throw new Error(outcome.error.message);
  return outcome.cached;
};

test("a client's rules hold beside the bridge's, and no other client has them", async () => {
  const bridge = await open({ deny: ['items.counts'] });
  const ann = bridge.pinned({ principal: 'ann', allow: ['items.get_item', 'items.counts'] });
  const bob = bridge.pinned({ principal: 'bob' });
  expect(await isCached(ann, 'a')).toBe(false);
  expect(await failureOf(call(ann, 'list_items', { key: 'a' }))).toMatchObject({
    status: 'refused',
    code: 'NOT_ALLOWED',
  });
  expect((await call(bob, 'list_items', { key: 'a' })).status).toBe('done');
  // What the bridge denies no client can allow.
  for (const view of [ann, bob]) {
    expect(await failureOf(call(view, 'counts'))).toMatchObject({ code: 'NOT_ALLOWED' });
  }
  const names = async (view: PinnedBridge) =>
    view.permitted(await view.catalog('items' as ServerId)).tools.map(({ name }) => name);
  expect(await names(ann)).toEqual(['get_item']);
  expect(await names(bob)).toContain('list_items');
});

test('a server that a client may not use is none of its servers, and is not reached for it', async () => {
  const bridge = await open();
  const view = bridge.pinned({ principal: 'ann', deny: ['other'] });
  expect(view.servers).toEqual(['items']);
  expect(bridge.servers).toEqual(['items', 'other']);
  const expected = { code: 'NOT_ALLOWED' };
  expect(await failureOf(call(view, 'get_item', { key: 'a' }, 'other'))).toMatchObject(expected);
  const other = 'other' as ServerId;
  expect(() => view.status(other)).toThrow(expect.objectContaining(expected));
  await expect(view.catalog(other)).rejects.toMatchObject(expected);
  await expect(view.read(other, async () => 1)).rejects.toMatchObject(expected);
  expect(bridge.status(other).state).toBe('uninitialised');
});

test('a pattern that names no server is refused before any call', async () => {
  const bridge = await open();
  expect(() => bridge.pinned({ principal: 'ann', allow: ['nowhere.get'] })).toThrow(/nowhere/u);
});

test('results that are kept are kept for one principal', async () => {
  const bridge = await open();
  const views = ['ann', 'bob'].map((principal) => bridge.pinned({ principal }));
  for (const view of views) expect(await isCached(view, 'a')).toBe(false);
  for (const view of views) expect(await isCached(view, 'a')).toBe(true);
  expect(await isCached(bridge.pinned({ principal: 'ann' }), 'a')).toBe(true);
  expect(await isCached(bridge.pinned(), 'a')).toBe(false);
});

test('equal reads of two principals at one time are two calls', async () => {
  const bridge = await open();
  const cached = await Promise.all(
    ['ann', 'bob', 'eve'].map((principal) => isCached(bridge.pinned({ principal }), 'x')),
  );
  expect(cached).toEqual([false, false, false]);
});

test('what one principal uses up of a rate is not missing for another', async () => {
  const rates = [{ tools: 'items.list_*', calls: 1, intervalMs: 60_000 }];
  const bridge = await open({ policy: { rates, rateWaitMs: 0 } });
  const ann = bridge.pinned({ principal: 'ann' });
  expect((await call(ann, 'list_items', { key: 'a' })).status).toBe('done');
  const again = bridge.pinned({ principal: 'ann' });
  expect(await failureOf(call(again, 'list_items', { key: 'a' }))).toMatchObject({
    code: 'RATE_LIMITED',
  });
  const bob = bridge.pinned({ principal: 'bob' });
  expect((await call(bob, 'list_items', { key: 'a' })).status).toBe('done');
});

test("an approval for always is the client's own, and an observer sees its results alone", async () => {
  const asked: string[] = [];
  const bridge = await open({
    ask: ['items.list_*'],
    approver: {
      approve: async ({ tool }) => {
        asked.push(tool);
        return 'always';
      },
    },
  });
  const seen: string[] = [];
  const observer = (name: string) => ({
    onCall: () => {},
    onResult: async () => {
      seen.push(name);
      return undefined;
    },
  });
  const ann = bridge.pinned({ principal: 'ann', observer: observer('ann') });
  const bob = bridge.pinned({ principal: 'bob', observer: observer('bob') });
  for (const view of [ann, ann, bob]) {
    expect((await call(view, 'list_items', { key: 'a' })).status).toBe('done');
  }
  expect(asked).toEqual(['list_items', 'list_items']);
  expect(seen).toEqual(['ann', 'ann', 'bob']);
});
