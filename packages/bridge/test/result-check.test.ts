import type { CatalogSource, JsonObject } from '@org/core';
import { expect, test } from 'vitest';
import type { BridgeEvent, BridgeOptions, CallPolicy } from '../src/index.ts';
import { call, failureOf, introspect, openBridge, resultOf, run } from './harness.ts';

/** A bridge to a server that promises results of `get_item` which fit `outputSchema`. */
async function promising(outputSchema: JsonObject, policy: CallPolicy, env = {}) {
  const events: BridgeEvent[] = [];
  const options: Partial<BridgeOptions> = {
    policy,
    onEvent: (event) => events.push(event),
    introspect: async (source: CatalogSource) => {
      const catalog = await introspect(source);
      return { ...catalog, tools: catalog.tools.map((tool) => ({ ...tool, outputSchema })) };
    },
  };
  const bridge = await openBridge({ items: { ...run('items.ts'), env } }, options);
  return { events, get: () => call(bridge, 'items', 'get_item', { key: 'secret-key' }), bridge };
}

const wrong = {
  type: 'object',
  properties: { key: { type: 'integer' }, valeu: { type: 'string' } },
  required: ['valeu'],
};
const right = { type: 'object', properties: { key: { type: 'string' } }, required: ['value'] };
const value = { key: 'secret-key', value: null };

test('a result that does not fit is passed on, and the operator is told once', async () => {
  const { get, events } = await promising(wrong, {});
  for (let times = 0; times < 2; times++) expect(await resultOf(get())).toEqual(value);
  expect(events).toEqual([
    {
      type: 'resultInvalid',
      server: 'items',
      tool: 'get_item',
      problems:
        'valeu: missing, expected a string (you passed "value"); key: expected an integer, got the string "secret-key".',
    },
  ]);
});

test('in strict mode it has failed, and is not cached', async () => {
  const { get, events, bridge } = await promising(wrong, {
    resultCheck: 'strict',
    cacheable: ['*.get_*'],
    readOnly: ['items'],
  });
  for (let times = 0; times < 2; times++) {
    const failure = await failureOf(get());
    expect(failure).toMatchObject({ status: 'failed', code: 'RESULT_INVALID', retryable: false });
    expect(failure.message).toContain('was carried out');
    expect(failure.message).toContain('key: expected an integer');
  }
  expect(events).toEqual([]);
  const counts = await failureOf(call(bridge, 'items', 'counts'));
  expect(counts.message).toContain('valeu: missing');
});

test.each<[string, JsonObject, CallPolicy]>([
  ['off', wrong, { resultCheck: 'off' }],
  ['warn, and it fits', right, {}],
  ['strict, and it fits', right, { resultCheck: 'strict' }],
  ['strict, and the schema cannot be checked', { $ref: '#/nowhere' }, { resultCheck: 'strict' }],
])('nothing is said: %s', async (_what, schema, policy) => {
  const { get, events } = await promising(schema, policy);
  expect(await resultOf(get())).toEqual(value);
  expect(events).toEqual([]);
});

test('what is told has no secret of the server', async () => {
  const { get, events } = await promising(wrong, {}, { TOKEN: 'secret-key' });
  await resultOf(get());
  expect(JSON.stringify(events)).not.toContain('secret-key');
  expect(JSON.stringify(events)).toContain('[redacted]');
});
