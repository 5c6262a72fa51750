import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { BridgeEvent, CallPolicy } from '../src/index.ts';
import { call, eventually, openBridge, resultOf, run } from './harness.ts';

const items = run('items.ts');
const key = { key: 'a' };

async function opened(policy: CallPolicy, parallelPerServer = 16) {
  const events: BridgeEvent[] = [];
  const bridge = await openBridge(
    { items, slow: run('well-behaved.ts') },
    { policy, caps: { parallelPerServer }, onEvent: (event) => events.push(event) },
  );
  return { bridge, events };
}

test('calls that wait for a rate are told once, with the time', async () => {
  const rates = [{ tools: 'items.get_item', calls: 1, intervalMs: 60_000 }];
  const { bridge, events } = await opened({ rates, rateWaitMs: 120_000 });
  await resultOf(call(bridge, 'items', 'get_item', key));
  const abort = new AbortController();
  const waiting = [1, 2, 3].map(() => call(bridge, 'items', 'get_item', key, abort.signal));
  await eventually(() => events).toHaveLength(1);
  expect(events).toEqual([
    {
      type: 'waiting',
      server: 'items',
      tool: 'get_item',
      waitsFor: 'rate',
      ms: expect.any(Number),
    },
  ]);
  abort.abort();
  await Promise.all(waiting);
  // None waits any more, so the next one is told anew.
  const again = new AbortController();
  const last = call(bridge, 'items', 'get_item', key, again.signal);
  await eventually(() => events).toHaveLength(2);
  again.abort();
  await last;
});

test('a wait of less than a second is not told', async () => {
  const rates = [{ tools: 'items.get_item', calls: 1, intervalMs: 50 }];
  const { bridge, events } = await opened({ rates });
  const calls = [1, 2, 3].map(() => call(bridge, 'items', 'get_item', key));
  for (const outcome of await Promise.all(calls)) expect(outcome.status).toBe('done');
  expect(events).toEqual([]);
});

test('calls that wait for a slot of their server are told once', async () => {
  const { bridge, events } = await opened({}, 1);
  const abort = new AbortController();
  const calls = [1, 2, 3].map(() => call(bridge, 'slow', 'slow', {}, abort.signal));
  await eventually(() => events).toEqual([
    { type: 'waiting', server: 'slow', tool: 'slow', waitsFor: 'slot' },
  ]);
  abort.abort();
  const outcomes = await Promise.all(calls);
  expect(outcomes.map(({ status }) => status)).toEqual(['unknown', 'failed', 'failed']);
  expect(events).toHaveLength(1);
});

test('a thousand calls of one run add two listeners to its signal', async () => {
  const { bridge } = await opened({ cacheable: ['items.get_item'] }, 2);
  await bridge.catalog(bridge.servers[0] as never);
  const { signal } = new AbortController();
  const calls = Array.from({ length: 1_000 }, (_, index) =>
    call(bridge, 'items', index % 2 === 0 ? 'get_item' : 'list_items', { key: `${index}` }, signal),
  );
  await Promise.race(calls);
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(2);
  for (const outcome of await Promise.all(calls)) expect(outcome.status).toBe('done');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
