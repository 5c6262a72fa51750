import { expect, test } from 'vitest';
import type { CallPolicy } from '../src/index.ts';
import { call, failureOf, openBridge, resultOf, run } from './harness.ts';

const items = run('items.ts');
const minute = 60_000;
const open = (policy: CallPolicy) => openBridge({ items, other: items }, { policy });
type Bridge = Awaited<ReturnType<typeof open>>;
const statuses = async (bridge: Bridge, ...calls: [server: string, tool: string][]) => {
  const made = calls.map(([server, tool]) => call(bridge, server, tool, { key: 'a' }));
  return (await Promise.all(made)).map(({ status }) => status).sort();
};

test('calls over the rate are refused with the time after which they may be made', async () => {
  const bridge = await open({
    rates: [{ tools: 'items', calls: 2, intervalMs: minute }],
    rateWaitMs: 0,
  });
  expect(
    await statuses(bridge, ['items', 'get_item'], ['items', 'get_item'], ['items', 'get_item']),
  ).toEqual(['done', 'done', 'refused']);
  const failure = await failureOf(call(bridge, 'items', 'get_item', { key: 'a' }));
  expect(failure).toMatchObject({ status: 'refused', code: 'RATE_LIMITED', retryable: true });
  expect(failure.retryAfterMs).toBeGreaterThan(0);
  expect(failure.retryAfterMs).toBeLessThanOrEqual(minute);
  expect(failure.message).toContain(`after ${failure.retryAfterMs} ms`);
  expect(await resultOf(call(bridge, 'items', 'counts'))).toEqual({ get_item: 2 });
});

test('each tool has its rate for itself, or all of a server share it', async () => {
  const rates = [{ tools: '*.get_item', calls: 1, intervalMs: minute }];
  const calls: [string, string][] = [
    ['items', 'get_item'],
    ['items', 'list_items'],
    ['items', 'list_items'],
    ['other', 'get_item'],
  ];
  expect(await statuses(await open({ rates, rateWaitMs: 0 }), ...calls)).toEqual([
    ...['done', 'done', 'done', 'done'],
  ]);
  const shared = [{ tools: '*', calls: 1, intervalMs: minute, share: 'server' as const }];
  expect(await statuses(await open({ rates: shared, rateWaitMs: 0 }), ...calls)).toEqual([
    ...['done', 'done', 'refused', 'refused'],
  ]);
});

test('all rates that match hold', async () => {
  const rates = [
    { tools: 'items', calls: 100, intervalMs: minute, share: 'server' as const },
    { tools: '*.get_*', calls: 1, intervalMs: minute },
  ];
  const bridge = await open({ rates, rateWaitMs: 0 });
  expect(await statuses(bridge, ['items', 'get_item'], ['items', 'get_item'])).toEqual([
    ...['done', 'refused'],
  ]);
});

test('under parallel load calls wait for their turn, and none is let through early', async () => {
  const intervalMs = 200;
  const bridge = await open({ rates: [{ tools: 'items', calls: 5, intervalMs }] });
  await resultOf(call(bridge, 'items', 'list_items', { key: 'a' }));
  const begun = performance.now();
  const calls = Array.from({ length: 15 }, () => call(bridge, 'items', 'get_item', { key: 'a' }));
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(15).fill('done'));
  // Three intervals of five: the third begins after two have passed.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(2 * intervalMs - 10);
});

test('an abort while a call waits for its turn settles at once; it is not sent', async () => {
  const rates = [{ tools: 'items.get_item', calls: 1, intervalMs: minute }];
  const bridge = await open({ rates, rateWaitMs: 2 * minute });
  await resultOf(call(bridge, 'items', 'get_item', { key: 'a' }));
  const abort = new AbortController();
  const waiting = call(bridge, 'items', 'get_item', { key: 'a' }, abort.signal);
  expect(await resultOf(call(bridge, 'items', 'counts'))).toEqual({ get_item: 1 });
  abort.abort();
  expect(await failureOf(waiting)).toMatchObject({ status: 'failed', code: 'ABORTED' });
  expect(await resultOf(call(bridge, 'items', 'counts'))).toEqual({ get_item: 1 });
});

test('other spellings of a call count at the same rate, hits at none', async () => {
  const rates = [{ tools: '*.get_*', calls: 2, intervalMs: minute }];
  const bridge = await open({ rates, rateWaitMs: 0, cacheable: ['*.get_item'] });
  const { signal } = new AbortController();
  const made = async (paramsJson: string) => {
    const outcome = await bridge.callTool(
      { server: 'items', tool: 'get_item', paramsJson },
      { signal },
    );
    return outcome.status;
  };
  expect(await made('{"key":"a"}')).toBe('done');
  expect(await made('{ "key" : "a" }')).toBe('done');
  expect(await made('{"key":"b"}')).toBe('done');
  expect(await made('{"key":"c","x":1}')).toBe('refused');
  for (const tool of ['GET_ITEM', 'get_item ', 'items.get_item']) {
    expect(await failureOf(call(bridge, 'items', tool, { key: 'd' }))).toMatchObject({
      code: 'UNKNOWN_TOOL',
    });
  }
});

test.each([
  { rates: [{ tools: '*', calls: 0, intervalMs: 1 }] },
  { rates: [{ tools: '*', calls: 1, intervalMs: 0.5 }] },
  { rates: [{ tools: '*', calls: 1, intervalMs: 86_400_001 }] },
  { rates: [{ tools: '', calls: 1, intervalMs: 1 }] },
  { rateWaitMs: -1 },
])('createBridge() throws for %j', async (policy) => {
  await expect(open(policy)).rejects.toMatchObject({ code: 'USAGE' });
});
