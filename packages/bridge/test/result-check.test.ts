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

test('the agent is told each time, in the words of observed types, without values', async () => {
  const { get } = await promising(wrong, {});
  for (let times = 0; times < 2; times++) {
    const outcome = await get();
    expect(outcome).toMatchObject({
      status: 'done',
      warning:
        'items.get_item: result.valeu is missing; the type says string (declared). ' +
        'result.key is string; the type says integer (declared).',
    });
  }
});

test.each<[string, JsonObject, string | undefined]>([
  ['the result itself', { type: 'array' }, 'result is object; the type says array'],
  [
    'an enum',
    { properties: { key: { enum: ['a', 'b'] } } },
    'result.key is another string; the type says one of "a", "b"',
  ],
  [
    'a choice',
    { properties: { value: { anyOf: [{ type: 'string' }, { type: 'number' }] } } },
    'result.value is null; the type says a string or a number',
  ],
  [
    'a bound',
    { properties: { key: { maxLength: 3 } } },
    'result.key is another string; the type says at most 3 characters',
  ],
  ['a member that is not named', { properties: {}, additionalProperties: false }, undefined],
])('what the agent is told of %s', async (_case, schema, words) => {
  const { get } = await promising(schema, {});
  const outcome = await get();
  const { warning } = outcome as { warning?: string };
  expect(warning).toBe(words && `items.get_item: ${words} (declared).`);
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
