import { type ApprovalRequest, type Approver, SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import type { Bridge, CallPolicy } from '../src/index.ts';
import { call, eventually, openBridge, resultOf, run } from './harness.ts';

const { signal } = new AbortController();

const preview = (bridge: Pick<Bridge, 'preview'>, tool: string, params: unknown = { key: 'a' }) =>
  bridge.preview({ server: 'items', tool, paramsJson: JSON.stringify(params) }, { signal });

async function codeOf(previewed: Promise<unknown>): Promise<string | undefined> {
  const error = await previewed.then(
    () => undefined,
    (thrown) => thrown,
  );
  return error instanceof SandboxError ? error.code : undefined;
}

const openItems = (policy: CallPolicy = {}) => openBridge({ items: run('items.ts') }, { policy });

test('preview() gives the tool as it is, and makes no call', async () => {
  const bridge = await openItems();
  const { tools } = await bridge.catalog('items' as never);
  const tool = tools.find(({ name }) => name === 'set_item');
  expect(await preview(bridge, 'set_item')).toEqual({ tool, readOnly: false });
  expect(await resultOf(call(bridge, 'items', 'counts', { key: 'a' }))).not.toHaveProperty(
    'set_item',
  );
});

test.each<[string, CallPolicy, boolean]>([
  ['annotated and believed', { trustAnnotations: true }, true],
  ['annotated and not believed', {}, false],
  ['by the operator', { readOnly: ['items.get_*'] }, true],
])('preview() says what only reads: %s', async (_, policy, readOnly) => {
  expect(await preview(await openItems(policy), 'get_item')).toMatchObject({ readOnly });
});

test.each<[string, CallPolicy, string, unknown, string]>([
  ['denied', { deny: ['items.set_*'] }, 'set_item', { key: 'a' }, 'NOT_ALLOWED'],
  ['unknown', {}, 'no_item', { key: 'a' }, 'UNKNOWN_TOOL'],
  ['wrong parameters', {}, 'set_item', { key: 5 }, 'INVALID_PARAMS'],
  ['no object', {}, 'set_item', [], 'INVALID_PARAMS'],
])('preview() fails as the call would: %s', async (_, policy, tool, params, code) => {
  expect(await codeOf(preview(await openItems(policy), tool, params))).toBe(code);
});

test('preview() of a tool that needs approval asks nobody', async () => {
  const bridge = await openItems({ ask: ['items'] });
  expect(await preview(bridge, 'set_item')).toMatchObject({ readOnly: false });
});

test('pinned() previews the catalog that it saw first', async () => {
  const bridge = (await openItems()).pinned();
  expect((await preview(bridge, 'set_item')).tool).toBe(
    (await bridge.catalog('items' as never)).tools.find(({ name }) => name === 'set_item'),
  );
});

/** Lets calls through when as many are asked about at one time. */
function crowd(size: number, parallel: boolean) {
  const asked: ApprovalRequest[] = [];
  const approver: Approver = {
    parallel,
    approve: async (request) => {
      asked.push(request);
      await eventually(() => asked.length).toBe(size);
      return 'once';
    },
  };
  return { approver, asked };
}

test('a parallel approver is asked about all calls at one time', async () => {
  const { approver, asked } = crowd(3, true);
  const policy = { ask: ['items'] };
  const bridge = await openBridge({ items: run('items.ts') }, { policy, approver });
  const outcomes = await Promise.all(
    ['a', 'b', 'c'].map((key) => call(bridge, 'items', 'set_item', { key })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  expect(asked.map(({ paramsJson }) => paramsJson).sort()).toEqual([
    ...['{"key":"a"}', '{"key":"b"}', '{"key":"c"}'],
  ]);
});

test('an approver is told of whose call it is asked', async () => {
  const { approver, asked } = crowd(1, false);
  const policy = { ask: ['items'] };
  const bridge = await openBridge({ items: run('items.ts') }, { policy, approver });
  const context = { runId: 'r', callId: 7, session: 's' };
  const made = { server: 'items', tool: 'set_item', paramsJson: '{"key":"a"}' };
  await bridge.callTool(made, { signal, context });
  expect(asked).toMatchObject([{ paramsJson: '{"key":"a"}', context }]);
  expect(asked[0]).not.toHaveProperty('givenJson');
});

test('behind a filter, an approver gets what is sent and what the program gave', async () => {
  const { approver, asked } = crowd(1, false);
  const crm = { ...run('people.ts'), filter: { outgoing: 'all', restoreFor: ['send'] } };
  const bridge = await openBridge({ crm }, { policy: { ask: ['crm.send'] }, approver });
  const [ada] = (await resultOf(call(bridge, 'crm', 'people'))) as [{ mail: string }];
  const params = JSON.stringify({ to: ada.mail });
  const made = { server: 'crm', tool: 'send', paramsJson: params };
  expect(ada.mail).toContain('[[EMAIL:');
  expect((await bridge.preview(made, { signal })).tool.name).toBe('send');
  await bridge.callTool(made, { signal });
  expect(asked).toMatchObject([{ paramsJson: '{"to":"ada@example.org"}', givenJson: params }]);
});
