import type { JsonValue, ResultObserver } from '@org/core';
import { expect, test } from 'vitest';
import { call, openBridge, resultOf, run } from './harness.ts';

/** An observer that notes what it is shown, and says something of results of `list_items`. */
function notes() {
  const seen: [string, JsonValue][] = [];
  const begun: string[] = [];
  const observer: ResultObserver = {
    onCall: (server, tool) => begun.push(`${server}.${tool.name}`),
    onResult: async (server, tool, value) => {
      seen.push([`${server}.${tool.name}`, value]);
      return tool.name === 'list_items' ? 'a warning' : undefined;
    },
  };
  return { observer, seen, begun };
}

test('an observer is shown each result once, and what it says goes with the outcome', async () => {
  const { observer, seen, begun } = notes();
  const bridge = await openBridge({ items: run('items.ts') }, { observer });
  expect(await call(bridge, 'items', 'get_item', { key: 'a' })).toEqual({
    status: 'done',
    json: '{"key":"a","value":null}',
    cached: false,
  });
  expect(
    await bridge
      .pinned()
      .callTool(
        { server: 'items', tool: 'list_items', paramsJson: '{"key":""}' },
        { signal: new AbortController().signal },
      ),
  ).toEqual({ status: 'done', json: '[]', cached: false, warning: 'a warning' });
  expect(seen).toEqual([
    ['items.get_item', { key: 'a', value: null }],
    ['items.list_items', []],
  ]);
  expect(begun).toEqual(['items.get_item', 'items.list_items']);
});

test('failures and refusals are not shown, nor results that are kept', async () => {
  const { observer, seen } = notes();
  const policy = { cacheable: ['items.get_item'], readOnly: ['items'], deny: ['items.delete_*'] };
  const bridge = await openBridge({ items: run('items.ts') }, { observer, policy });
  await call(bridge, 'items', 'get_failing', { key: 'a' });
  await call(bridge, 'items', 'delete_item', { key: 'a' });
  await call(bridge, 'items', 'get_item', {});
  await call(bridge, 'items', 'nothing', {});
  const get = () => call(bridge, 'items', 'get_item', { key: 'a' });
  expect(await get()).toMatchObject({ cached: false });
  for (const kept of await Promise.all([get(), get()]))
    expect(kept).toMatchObject({ cached: true });
  expect(seen.map(([name]) => name)).toEqual(['items.get_item']);
});

test('with a filter, an observer is shown what the agent may see', async () => {
  const { observer, seen } = notes();
  const bridge = await openBridge(
    { crm: { ...run('people.ts'), filter: { outgoing: 'all' } } },
    { observer },
  );
  const people = await resultOf(call(bridge, 'crm', 'people'));
  expect(JSON.stringify(people)).toContain('[[EMAIL:');
  expect(seen).toEqual([['crm.people', people]]);
});

test('`learn` of the policy says from which tools', async () => {
  for (const [learn, expected] of [
    [false, []],
    [['items.get_*'], ['items.get_item']],
    [true, ['items.get_item', 'items.list_items']],
  ] as const) {
    const { observer, seen, begun } = notes();
    const bridge = await openBridge({ items: run('items.ts') }, { observer, policy: { learn } });
    await call(bridge, 'items', 'get_item', { key: 'a' });
    await call(bridge, 'items', 'list_items', { key: 'a' });
    expect(seen.map(([name]) => name)).toEqual(expected);
    expect(begun).toEqual(expected);
  }
});
