import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerId, ToolCallOutcome } from '@org/core';
import { expect, test } from 'vitest';
import type { BridgeOptions } from '../src/index.ts';
import { memoryResults, type ResultStore } from '../src/result-store.ts';
import { call, failureOf, openBridge, resultOf, run } from './harness.ts';

const items = run('items.ts');
const trusting = { policy: { trustAnnotations: true, default: 'allow', allow: ['*'] } } as const;
const openingIsNoWrite = { policy: { trustAnnotations: true, readOnly: ['*.open_gate'] } };
const open = (options: Partial<BridgeOptions> = trusting) =>
  openBridge({ items, other: items }, options);
type Bridge = Awaited<ReturnType<typeof open>>;

const isCached = (outcome: ToolCallOutcome) => outcome.status === 'done' && outcome.cached;
const get = async (bridge: Bridge, key: string, server = 'items') =>
  isCached(await call(bridge, server, 'get_item', { key }));
const counts = (bridge: Bridge) => resultOf(call(bridge, 'items', 'counts'));

test('nothing is cached where neither operator nor trusted annotations say so', async () => {
  const policies = [{}, { readOnly: ['items'] }, { trustAnnotations: ['other'] }];
  for (const policy of policies) {
    const bridge = await open({ policy });
    expect([await get(bridge, 'a'), await get(bridge, 'a')]).toEqual([false, false]);
    expect(await counts(bridge)).toEqual({ get_item: 2 });
  }
});

test('read-only alone is not enough, but the operator’s word is', async () => {
  const listed = (bridge: Bridge) => call(bridge, 'items', 'list_items', { key: 'a' });
  const bridge = await open();
  for (const expected of [false, false]) expect(isCached(await listed(bridge))).toBe(expected);
  const marked = await open({ policy: { cacheable: ['*.list_*'] } });
  for (const expected of [false, true]) expect(isCached(await listed(marked))).toBe(expected);
});

test('a hit has the same text, for the same parameters however they are ordered', async () => {
  const bridge = await open();
  const made = (paramsJson: string) =>
    bridge.callTool(
      { server: 'items', tool: 'get_item', paramsJson },
      { signal: new AbortController().signal },
    );
  const first = await made('{"key":"a","deep":{"x":1,"y":[1,2]}}');
  const second = await made(' {"deep":{"y":[1,2],"x":1.0},"key":"b","key":"a"}');
  expect(first).toMatchObject({ status: 'done', cached: false });
  expect(second).toEqual({ ...first, cached: true });
  for (const other of [
    '{"key":"a","deep":{"x":1,"y":[2,1]}}',
    '{"key":"a","deep":{"x":"1","y":[1,2]}}',
    '{"key":"a","deep":{"x":1,"y":[1,2],"__proto__":1}}',
    '{"key":"a"}',
  ]) {
    expect(isCached(await made(other))).toBe(false);
  }
});

test('servers, tools and principals have results of their own', async () => {
  const results = memoryResults();
  const one = await open({ ...trusting, results, principal: 'one' });
  const same = await open({ ...trusting, results, principal: 'one' });
  const two = await open({ ...trusting, results, principal: 'two' });
  expect(await get(one, 'a')).toBe(false);
  expect(await get(same, 'a')).toBe(true);
  expect(await get(two, 'a')).toBe(false);
  expect(await get(one, 'a', 'other')).toBe(false);
});

test('failures are never kept', async () => {
  const bridge = await open();
  for (let times = 0; times < 2; times++) {
    expect(await failureOf(call(bridge, 'items', 'get_failing', { key: 'a' }))).toMatchObject({
      code: 'TOOL_FAILED',
    });
  }
  expect(await counts(bridge)).toEqual({ get_failing: 2 });
});

test('a hit does not get around the policy or the checks', async () => {
  const results = memoryResults();
  await get(await open({ ...trusting, results }), 'a');
  const denied = await open({ ...trusting, results, deny: ['*.get_*'] });
  expect(await failureOf(call(denied, 'items', 'get_item', { key: 'a' }))).toMatchObject({
    status: 'refused',
  });
  const asking = await open({ ...trusting, results, ask: ['*.get_*'] });
  expect(await failureOf(call(asking, 'items', 'get_item', { key: 'a' }))).toMatchObject({
    code: 'APPROVAL_REQUIRED',
  });
  expect(await failureOf(call(await open(), 'items', 'get_item', {}))).toMatchObject({
    code: 'INVALID_PARAMS',
  });
});

test('a reply that says how long it holds is kept no longer', async () => {
  const bridge = await open();
  const lasting = async (ttlMs: unknown) =>
    isCached(await call(bridge, 'items', 'get_item', { key: 'a', ttlMs }));
  for (const ttlMs of [0, -1, 'long']) {
    expect([await lasting(ttlMs), await lasting(ttlMs)]).toEqual([false, false]);
  }
  expect([await lasting(60_000), await lasting(60_000)]).toEqual([false, true]);
  await lasting(20);
  await expect.poll(() => lasting(20)).toBe(false);
});

test('who shares the store does not find what was kept during another one’s write', async () => {
  const results = memoryResults();
  const one = await open({ ...openingIsNoWrite, results });
  const two = await open({ ...openingIsNoWrite, results });
  const writing = call(one, 'items', 'set_slowly', { key: 'a', value: 'new' });
  await begun(one, { set_slowly: 1 });
  expect([await get(two, 'a'), await get(two, 'a')]).toEqual([false, true]);
  await resultOf(call(one, 'items', 'open_gate', { key: 'a' }));
  await resultOf(writing);
  expect(await get(two, 'a')).toBe(false);
});

test('what may write drops the results of its server, and of no other', async () => {
  const bridge = await open();
  for (const server of ['items', 'other']) await get(bridge, 'a', server);
  await resultOf(call(bridge, 'items', 'set_item', { key: 'a', value: 'new' }));
  expect(await get(bridge, 'a', 'other')).toBe(true);
  expect(await resultOf(call(bridge, 'items', 'get_item', { key: 'a' }))).toEqual({
    key: 'a',
    value: 'new',
  });
  expect(await get(bridge, 'a')).toBe(true);
  await resultOf(call(bridge, 'items', 'list_items', { key: 'a' }));
  expect(await get(bridge, 'a')).toBe(true);
});

test('equal reads at the same time are one call, and one who gives up stops no other', async () => {
  const bridge = await open();
  const aborts = [new AbortController(), new AbortController(), new AbortController()];
  const reads = aborts.map(({ signal }) =>
    call(bridge, 'items', 'get_slowly', { key: 'a' }, signal),
  );
  await begun(bridge, { get_slowly: 1 });
  aborts[0]?.abort();
  expect(await failureOf(reads[0] as Promise<ToolCallOutcome>)).toMatchObject({
    status: 'unknown',
    code: 'ABORTED',
  });
  await resultOf(call(bridge, 'items', 'open_gate', { key: 'a' }));
  const [, second, third] = await Promise.all(reads);
  expect([second, third].map((outcome) => outcome?.status)).toEqual(['done', 'done']);
  expect([second, third].filter((outcome) => outcome && isCached(outcome))).toHaveLength(2);
  expect(await counts(bridge)).toEqual({ get_slowly: 1, open_gate: 1 });
});

test('a read that all gave up is cancelled, and nobody joins it any more', async () => {
  const bridge = await open();
  const aborts = [new AbortController(), new AbortController()];
  const reads = aborts.map(({ signal }) =>
    call(bridge, 'items', 'get_slowly', { key: 'a' }, signal),
  );
  await begun(bridge, { get_slowly: 1 });
  for (const abort of aborts) abort.abort();
  const again = call(bridge, 'items', 'get_slowly', { key: 'a' });
  for (const outcome of await Promise.all(reads)) {
    expect(await failureOf(outcome)).toMatchObject({ status: 'unknown', code: 'ABORTED' });
  }
  await begun(bridge, { get_slowly: 2 });
  await resultOf(call(bridge, 'items', 'open_gate', { key: 'a' }));
  expect((await again).status).toBe('done');
});

test('a read that began before a write is neither kept nor joined after it', async () => {
  const bridge = await open(openingIsNoWrite);
  const before = call(bridge, 'items', 'get_slowly', { key: 'a' });
  await begun(bridge, { get_slowly: 1 });
  await resultOf(call(bridge, 'items', 'set_item', { key: 'a', value: 'new' }));
  const after = call(bridge, 'items', 'get_slowly', { key: 'a' });
  await begun(bridge, { get_slowly: 2, set_item: 1 });
  await resultOf(call(bridge, 'items', 'open_gate', { key: 'a' }));
  expect(await resultOf(before)).toEqual({ key: 'a', value: null });
  expect(await after).toMatchObject({ cached: false, json: '{"key":"a","value":"new"}' });
  const late = await call(bridge, 'items', 'get_slowly', { key: 'a' });
  expect(late).toMatchObject({ cached: true, json: '{"key":"a","value":"new"}' });
});

test('a read during a write is not kept, nor answered with what was kept before', async () => {
  const bridge = await open(openingIsNoWrite);
  await get(bridge, 'a');
  const writing = call(bridge, 'items', 'set_slowly', { key: 'a', value: 'new' });
  await begun(bridge, { get_item: 1, set_slowly: 1 });
  expect([await get(bridge, 'a'), await get(bridge, 'a')]).toEqual([false, false]);
  await resultOf(call(bridge, 'items', 'open_gate', { key: 'a' }));
  await resultOf(writing);
  const late = await call(bridge, 'items', 'get_item', { key: 'a' });
  expect(late).toMatchObject({ cached: false, json: '{"key":"a","value":"new"}' });
  expect(await get(bridge, 'a')).toBe(true);
});

test.each([
  ['cached', { cacheable: ['*.get_item'] }],
  ['not cached', {}],
])(
  'a cancel at any moment settles each call once, and the bridge goes on: %s',
  async (_name, policy) => {
    const bridge = await open({ policy });
    await bridge.catalog('items' as ServerId);
    const settled: string[] = [];
    const made = Array.from({ length: 400 }, async (_, index) => {
      const abort = new AbortController();
      const outcome = call(bridge, 'items', 'get_item', { key: `${index % 7}` }, abort.signal);
      // Some before they are sent, some while they are under way, some after their answer.
      for (let turns = (index * 13) % 40; turns > 0; turns--) await new Promise(setImmediate);
      abort.abort();
      const { status, ...rest } = await outcome;
      if (status !== 'done') expect(rest).toMatchObject({ error: { code: 'ABORTED' } });
      settled.push(status);
    });
    await Promise.all(made);
    expect(settled).toHaveLength(400);
    expect(new Set(settled).difference(new Set(['done', 'failed', 'unknown']))).toEqual(new Set());
    for (let key = 0; key < 7; key++) {
      expect(await resultOf(call(bridge, 'items', 'get_item', { key: `${key}` }))).toEqual({
        key: `${key}`,
        value: null,
      });
    }
  },
);

/** Waits until the server carries out what `expected` says. */
async function begun(bridge: Bridge, expected: Record<string, number>): Promise<void> {
  await expect.poll(() => counts(bridge), { interval: 5, timeout: 20_000 }).toEqual(expected);
}

test('a store that fails costs calls only, and one that cannot forget is not read any more', async () => {
  const memory = memoryResults();
  let failing = false;
  const fail = <T>(work: () => Promise<T>) =>
    failing ? Promise.reject(new Error('store is down')) : work();
  const results: ResultStore = {
    get: (...args) => fail(() => memory.get(...args)),
    set: (...args) => fail(() => memory.set(...args)),
    drop: (...args) => fail(() => memory.drop(...args)),
  };
  const bridge = await open({ ...trusting, results });
  expect([await get(bridge, 'a'), await get(bridge, 'a')]).toEqual([false, true]);
  failing = true;
  expect([await get(bridge, 'a'), await get(bridge, 'a')]).toEqual([false, false]);
  const unsent = await failureOf(call(bridge, 'items', 'set_item', { key: 'a', value: 'x' }));
  expect(unsent).toMatchObject({ status: 'failed', code: 'INTERNAL' });
  failing = false;
  expect(await counts(bridge)).toEqual({ get_item: 3 });
  expect([await get(bridge, 'a'), await get(bridge, 'a')]).toEqual([false, false]);
});

test.each([0, -1, 1.5, 86_400_001])(
  'createBridge() throws for a cacheTtlMs of %d',
  async (cacheTtlMs) => {
    await expect(open({ policy: { cacheTtlMs } })).rejects.toMatchObject({ code: 'USAGE' });
  },
);

test('the replay workload is answered from the cache in over 80 of 100 calls, and rightly', async () => {
  const text = await readFile(path.join(import.meta.dirname, 'replay', 'calls.jsonl'), 'utf8');
  const calls = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const servers = { docs: items, tickets: items, files: items };
  const policy = { cacheable: ['*.get_*', '*.list_*'] };
  const bridge = await openBridge(servers, { policy });
  await Promise.all(bridge.servers.map((server) => bridge.catalog(server as ServerId)));
  const written = new Map<string, string>();
  let hits = 0;
  for (const { server, tool, params } of calls) {
    const outcome = await call(bridge, server, tool, params);
    if (isCached(outcome)) hits++;
    const value = await resultOf(outcome);
    if (tool === 'set_item') written.set(params.key, params.value);
    if (tool !== 'get_item') continue;
    expect(value).toEqual({ key: params.key, value: written.get(params.key) ?? null });
  }
  expect(calls).toHaveLength(2_000);
  expect(hits / calls.length).toBeGreaterThan(0.8);
});
