import type { Approver, ToolCallOutcome } from '@org/core';
import { expect, test } from 'vitest';
import type { Bridge } from '../src/index.ts';
import { call, eventually, failureOf, openBridge, resultOf, run } from './harness.ts';

const items = run('items.ts');
const trusting = { policy: { trustAnnotations: true } };

interface Made {
  readonly outcome: Promise<ToolCallOutcome>;
  /** How often it was told that the call leaves. */
  readonly sent: () => number;
  readonly stop: AbortController;
}

function make(bridge: Bridge, tool: string, params: object, onSent = () => {}): Made {
  const stop = new AbortController();
  let count = 0;
  const outcome = bridge.callTool(
    { server: 'items', tool, paramsJson: JSON.stringify(params) },
    {
      signal: stop.signal,
      onSent: () => {
        count++;
        onSent();
      },
    },
  );
  return { outcome, sent: () => count, stop };
}

const countsAt = async (bridge: Bridge) => resultOf(call(bridge, 'items', 'counts'));

test('a call that waits for a person is not sent before that, and can be taken back', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<'once'>();
  const approver: Approver = {
    approve: () => {
      asked.resolve();
      return answer.promise;
    },
  };
  const bridge = await openBridge({ items }, { ask: ['*.set_item'], approver });
  expect(bridge.tellsSent).toBe(true);
  expect(bridge.pinned().tellsSent).toBe(true);
  const taken = make(bridge, 'set_item', { key: 'a', value: '1' });
  await asked.promise;
  expect(taken.sent()).toBe(0);
  taken.stop.abort();
  expect(await failureOf(taken.outcome)).toMatchObject({ code: 'ABORTED' });
  answer.resolve('once');
  const made = make(bridge, 'set_item', { key: 'a', value: '2' });
  await resultOf(made.outcome);
  expect([taken.sent(), made.sent()]).toEqual([0, 1]);
  expect(await countsAt(bridge)).toEqual({ set_item: 1 });
});

test('what is refused or found in the cache is not sent', async () => {
  const bridge = await openBridge({ items }, { ...trusting, deny: ['*.set_item'] });
  const refused = make(bridge, 'set_item', { key: 'a', value: '1' });
  expect((await refused.outcome).status).toBe('refused');
  const wrong = make(bridge, 'get_item', {});
  expect((await wrong.outcome).status).toBe('failed');
  const first = make(bridge, 'get_item', { key: 'a' });
  await first.outcome;
  const second = make(bridge, 'get_item', { key: 'a' });
  expect(await second.outcome).toMatchObject({ status: 'done', cached: true });
  expect([refused, wrong, first, second].map(({ sent }) => sent())).toEqual([0, 0, 1, 0]);
});

test('a call that must not be sent is not', async () => {
  const bridge = await openBridge({ items });
  const never = make(bridge, 'set_item', { key: 'a', value: '1' }, () => {
    throw new Error('The journal is full.');
  });
  expect((await never.outcome).status).toBe('failed');
  expect(await countsAt(bridge)).toEqual({});
});

test('of equal reads that share a call each is told, also who joins it later', async () => {
  const bridge = await openBridge({ items }, trusting);
  const failing = make(bridge, 'get_slowly', { key: 'a' }, () => {
    throw new Error('The journal is full.');
  });
  const first = make(bridge, 'get_slowly', { key: 'a' });
  await eventually(() => first.sent()).toBe(1);
  const late = make(bridge, 'get_slowly', { key: 'a' });
  await eventually(() => late.sent()).toBe(1);
  expect((await failing.outcome).status).toBe('failed');
  await resultOf(call(bridge, 'items', 'open_gate', { key: 'a' }));
  expect((await first.outcome).status).toBe('done');
  expect((await late.outcome).status).toBe('done');
  expect(await countsAt(bridge)).toMatchObject({ get_slowly: 1 });
});
