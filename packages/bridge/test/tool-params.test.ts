import type { JsonObject, ToolDefinition } from '@org/core';
import { expect, test } from 'vitest';
import { checkParams } from '../src/tool-params.ts';

function problems(inputSchema: JsonObject, params: JsonObject): string {
  const tool = {
    name: 't',
    inputSchema,
    requiresTask: false,
    digest: '',
  } as unknown as ToolDefinition;
  try {
    checkParams(tool, params);
    return '';
  } catch (error) {
    return (error as Error).message.replace('The parameters do not fit "t": ', '');
  }
}

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

test.each<[JsonObject, JsonObject, string]>([
  [object({ a: { type: 'number' } }), { a: '1' }, 'a: expected a number, got the string "1".'],
  [
    object({ a: { type: ['string', 'null'] } }),
    { a: [] },
    'a: expected a string or null, got an array.',
  ],
  [object({ a: { enum: ['x', 'y'] } }), { a: 'z' }, 'a: expected one of "x", "y", got "z".'],
  [object({ a: { const: 1 } }), { a: 2 }, 'a: expected 1, got 2.'],
  [object({ a: { minimum: 3 } }), { a: 2 }, 'a: expected 3 or more, got 2.'],
  [object({ a: { exclusiveMaximum: 3 } }), { a: 3 }, 'a: expected less than 3, got 3.'],
  [object({ a: { maxLength: 2 } }), { a: '€€€' }, 'a: expected at most 2 characters, got 3.'],
  [object({ a: { minItems: 2 } }), { a: [1] }, 'a: expected at least 2 items, got 1.'],
  [
    object({}, { maxProperties: 1 }),
    { a: 1, b: 1 },
    'the parameters: expected at most 1 properties, got 2.',
  ],
  [
    object({ a: { properties: { limit: {} }, additionalProperties: false } }),
    { a: { limt: 1 } },
    'a.limt: unknown property. Did you mean "limit"? Known: "limit".',
  ],
  [object({ a: { type: 'string' } }, { required: ['a'] }), {}, 'a: missing, expected a string.'],
  [
    object({ path: { type: 'string' } }, { required: ['path'] }),
    { pth: '' },
    'path: missing, expected a string (you passed "pth").',
  ],
  [
    object({ name: {} }, { additionalProperties: false }),
    { nam: 1 },
    'nam: unknown property. Did you mean "name"? Known: "name".',
  ],
  [
    object({}, { additionalProperties: { type: 'number' } }),
    { a: 'x' },
    'a: expected a number, got the string "x".',
  ],
  [
    object({ a: { items: { type: 'integer' } } }),
    { a: [1, 2.5] },
    'a.1: expected an integer, got the number 2.5.',
  ],
  [
    object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
    { a: 1 },
    'a: expected a string or null, got the number 1.',
  ],
  [
    { $defs: { n: { type: 'number' } }, ...object({ 'a b': { $ref: '#/$defs/n' } }) },
    { 'a b': true },
    '"a b": expected a number, got the boolean true.',
  ],
])('%j with %j: %s', (schema, params, message) => {
  expect(problems(schema, params)).toBe(message);
});

test('at most five problems are listed', () => {
  const names = Array.from({ length: 9 }, (_, index) => `p${index}`);
  const message = problems(object({}, { required: names }), {});
  expect(message.match(/missing/g)).toHaveLength(5);
  expect(message).toContain('and more');
});

test('values that fit pass, with keys of object prototypes too', () => {
  const schema = object({ a: { type: 'string' } }, { additionalProperties: { type: 'number' } });
  expect(problems(schema, JSON.parse('{"a":"x","__proto__":1,"constructor":2,"then":3}'))).toBe('');
  expect(problems(schema, JSON.parse('{"__proto__":"x"}'))).toContain(
    '__proto__: expected a number',
  );
});

test('regular expressions of a server are never run', () => {
  const bomb = object(
    { a: { pattern: '^(a+)+$' } },
    { patternProperties: { '^(b+)+$': { type: 'number' } } },
  );
  const start = performance.now();
  expect(problems(bomb, { a: `${'a'.repeat(50)}!`, [`${'b'.repeat(50)}!`]: 1 })).toBe('');
  expect(performance.now() - start).toBeLessThan(200);
});

test.each<[string, JsonObject, JsonObject]>([
  ['a pattern under not', object({ a: { not: { pattern: '^x' } } }), { a: 'y' }],
  [
    'patterns under oneOf',
    object({ a: { oneOf: [{ pattern: '^x' }, { pattern: '^y' }] } }),
    { a: 'y' },
  ],
  [
    'a pattern under if',
    object({ a: { if: { pattern: '^x' }, else: { maxLength: 1 } } }),

    { a: 'xxx' },
  ],
  [
    'patternProperties beside additionalProperties',
    object({}, { patternProperties: { '^x-': {} }, additionalProperties: false }),
    { 'x-a': 1 },
  ],
  ['a format', object({ a: { format: 'email' } }), { a: 'nobody' }],
  [
    'a reference to elsewhere',
    object({ a: { $ref: 'https://example.test/schema.json' } }),
    { a: 1 },
  ],
  ['a reference to nowhere', object({ a: { $ref: '#/$defs/missing' } }), { a: 1 }],
  ['a reference in a circle', object({ a: { $ref: '#/properties/a' } }), { a: 1 }],
  [
    'a reference into an unknown keyword',
    { 'x-y': { type: 'string' }, ...object({ a: { $ref: '#/x-y' } }) },
    { a: 1 },
  ],
  [
    'keywords of the wrong type',
    object({ a: { allOf: 7, enum: 'x', required: 3 } }),
    { a: { b: 1 } },
  ],
])('%s never makes a check stricter than the schema', (_what, schema, params) => {
  expect(problems(schema, params)).toBe('');
});

test('a schema that takes for ever is given up within its bound', () => {
  const $defs: Record<string, JsonObject> = { d60: { type: 'string' } };
  for (let level = 0; level < 60; level++) {
    const next = { $ref: `#/$defs/d${level + 1}` };
    $defs[`d${level}`] = { allOf: [next, next] };
  }
  const start = performance.now();
  expect(problems({ $defs, ...object({ a: { $ref: '#/$defs/d0' } }) }, { a: 'x' })).toBe('');
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('a large value with uniqueItems is checked within the bound', () => {
  const schema = object({ a: { type: 'array', uniqueItems: true, items: { type: 'number' } } });
  const start = performance.now();
  expect(problems(schema, { a: Array.from({ length: 100_000 }, (_, index) => index) })).toBe('');
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('a schema a hundred thousand deep is no schema to check against', () => {
  let schema: JsonObject = {};
  for (let depth = 0; depth < 100_000; depth++) schema = { not: schema };
  expect(problems(schema, { a: 1 })).toBe('');
});
