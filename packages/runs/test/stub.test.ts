import { createRequire } from 'node:module';
import type { JsonObject, JsonValue } from '@org/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FreshValues } from '../src/stub/fresh-values.ts';
import { makeStub } from '../src/stub/stub.ts';

const addFormats = createRequire(import.meta.url)('ajv-formats');

function validator() {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats(ajv);
  return ajv;
}

const stubOf = (schema: JsonObject | boolean, seed = 'seed') =>
  makeStub(schema, new FreshValues(seed));

function checkedValue(schema: JsonObject | boolean): JsonValue {
  const stub = stubOf(schema);
  if (!stub.made) throw new Error(stub.because);
  expect(validator().validate(schema, stub.value), JSON.stringify(stub.value)).toBe(true);
  return stub.value;
}

const text = { type: 'string' };

function condition(...schemas: readonly [JsonValue, JsonValue, JsonValue]): JsonObject {
  return Object.fromEntries(
    ['if', 'then', 'else'].map((key, index) => [key, schemas[index] ?? {}]),
  );
}

test('a value has what is required and what is optional, and one item in a list', () => {
  const value = checkedValue({
    type: 'object',
    properties: { id: text, tags: { type: 'array', items: text }, note: text },
    required: ['id'],
  });
  expect(Object.keys(value as object)).toEqual(['id', 'tags', 'note']);
  expect((value as { tags: string[] }).tags).toHaveLength(1);
});

test('texts and large numbers are told apart from all others', () => {
  const fresh = new FreshValues('seed');
  const stub = makeStub(
    { type: 'object', properties: { a: text, b: text, n: { type: 'integer' } } },
    fresh,
  );
  const { a, b, n } = (stub as { value: Record<string, JsonValue> }).value;
  expect(a).not.toBe(b);
  expect([a, b, n].every((value) => fresh.has(value))).toBe(true);
  expect(fresh.has('stub-000000000000')).toBe(false);
});

test('equal seeds give equal values, other seeds others', () => {
  expect(stubOf(text, 'one')).toEqual(stubOf(text, 'one'));
  expect(stubOf(text, 'one')).not.toEqual(stubOf(text, 'two'));
});

test.each<[string, JsonObject]>([
  ['const', { const: { deep: [1, null] } }],
  ['enum beside a bound', { enum: [1, 5, 9], minimum: 4, maximum: 6 }],
  ['a nullable', { anyOf: [{ type: 'null' }, text] }],
  ['allOf', { allOf: [{ properties: { a: text }, required: ['a'] }, { required: ['b'] }] }],
  ['a reference', { $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'integer', minimum: 3 } } }],
  [
    'a tree',
    {
      type: 'object',
      properties: { name: text, children: { type: 'array', items: { $ref: '#' } } },
      required: ['name', 'children'],
    },
  ],
  [
    'oneOf by a literal',
    {
      oneOf: [
        { properties: { kind: { const: 'a' }, x: text }, required: ['kind', 'x'] },
        { properties: { kind: { const: 'b' } }, required: ['kind'] },
      ],
    },
  ],
  [
    'oneOf by what is not permitted',
    {
      oneOf: [
        { properties: { a: text }, additionalProperties: false },
        { properties: { b: text }, required: ['b'], additionalProperties: false },
      ],
    },
  ],
  ['a narrow range', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
  ['multiples', { type: 'integer', minimum: 7, multipleOf: 5 }],
  ['negative', { type: 'integer', maximum: -3 }],
  ['short', { type: 'string', maxLength: 3 }],
  ['long', { type: 'string', minLength: 300 }],
  ['a tuple', { type: 'array', prefixItems: [text, { type: 'boolean' }], items: false }],
  ['different items', { type: 'array', items: text, minItems: 4, uniqueItems: true }],
  ['if and then', condition({ type: 'string' }, { minLength: 4 }, false)],
  ['not', { type: 'string', not: { const: 'x' } }],
  ['an optional pattern', { properties: { a: { ...text, pattern: '(a+)+$' }, b: text } }],
  [
    '__proto__',
    JSON.parse('{"properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}'),
  ],
  ...[
    ...['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri'],
    ...['uri-reference', 'uuid', 'json-pointer', 'relative-json-pointer', 'regex', 'uri-template'],
  ].map((format): [string, JsonObject] => [format, { ...text, format }]),
])('%s', (_, schema) => {
  checkedValue(schema);
});

test.each<[string, JsonObject | boolean, string]>([
  ['nothing fits', false, 'no value'],
  ['types that exclude each other', { allOf: [text, { type: 'null' }] }, 'no type'],
  ['a pattern that is needed', { ...text, pattern: '^a$' }, 'pattern'],
  ['a reference to another document', { $ref: 'https://example.com/s.json' }, 'refers'],
  ['a reference to itself', { $ref: '#' }, 'itself'],
  ['a child without end', { required: ['c'], properties: { c: { $ref: '#' } } }, 'no end'],
  ['a long text', { ...text, minLength: 1e9 }, 'too long'],
  ['a long list', { type: 'array', minItems: 1e9, items: text }, 'too long'],
  ['a format without room', { ...text, format: 'uuid', maxLength: 8 }, 'room'],
])('%s: says why', (_, schema, because) => {
  const stub = stubOf(schema);
  expect(stub.made ? JSON.stringify(stub.value) : stub.because).toContain(because);
});

test('names that all objects inherit are members like others', () => {
  const schema = { type: 'object', properties: { toString: text }, required: ['constructor'] };
  const stub = stubOf(schema) as { value: object };
  expect(Object.keys(stub.value).sort()).toEqual(['constructor', 'toString']);
});

test('a schema of 2^60 ways ends in bounded time', () => {
  const levels = Array.from({ length: 60 }, (_, level) => [
    `l${level}`,
    { allOf: [{ $ref: `#/$defs/l${level + 1}` }, { $ref: `#/$defs/l${level + 1}` }] },
  ]);
  const $defs = Object.fromEntries([...levels, ['l60', { anyOf: [text, text] }]]);
  const choices = {
    allOf: Array.from({ length: 40 }, () => ({ anyOf: [text, { minLength: 2 }] })),
  };
  const started = performance.now();
  stubOf({ $ref: '#/$defs/l0', $defs });
  stubOf({ type: 'object', properties: { a: choices, b: false, c: choices }, required: ['b'] });
  expect(performance.now() - started).toBeLessThan(5_000);
});

/** Without members that Ajv takes for methods of its values when it compares them. */
const plain = (maxDepth: number) =>
  (fc.jsonValue({ maxDepth }) as fc.Arbitrary<JsonValue>).filter(
    (value) => !/"(?:toString|valueOf|constructor)":/u.test(JSON.stringify(value)),
  );

const leaf = fc.oneof(
  fc
    .record({ minLength: fc.nat(40), maxLength: fc.nat(60) }, { requiredKeys: [] })
    .map((bounds) => ({ ...text, ...bounds })),
  fc
    .record(
      {
        minimum: fc.integer({ min: -1e7, max: 1e7 }),
        maximum: fc.integer({ min: -1e7, max: 1e7 }),
        exclusiveMinimum: fc.integer({ min: -50, max: 50 }),
        multipleOf: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: [] },
    )
    .chain((bounds) => fc.constantFrom('integer', 'number').map((type) => ({ type, ...bounds }))),
  fc.constantFrom('date-time', 'uuid', 'email', 'uri').map((format) => ({ ...text, format })),
  plain(2).map((value) => ({ const: value })),
  fc.array(plain(1), { minLength: 1, maxLength: 4 }).map((values) => ({
    enum: values,
  })),
  fc.constantFrom({ type: 'null' }, { type: ['null', 'boolean'] }, {}, { $ref: '#/$defs/shared' }),
  fc.constant({ ...text, pattern: '^[a-z]+$' }),
);

const name = fc.constantFrom('a', 'b', 'c', 'd');
const names = fc.uniqueArray(name, { maxLength: 4 });

const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf as fc.Arbitrary<JsonObject>,
    fc
      .record(
        {
          properties: fc
            .array(fc.tuple(name, tie('schema')), { maxLength: 4 })
            .map((members) => Object.fromEntries(members)),
          required: names,
          additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
          minProperties: fc.nat(3),
          maxProperties: fc.nat(5),
        },
        { requiredKeys: [] },
      )
      .map((rest) => ({ type: 'object', ...rest })),
    fc
      .record(
        {
          items: tie('schema'),
          prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
          minItems: fc.nat(3),
          maxItems: fc.nat(4),
          uniqueItems: fc.boolean(),
        },
        { requiredKeys: [] },
      )
      .map((rest) => ({ type: 'array', ...rest })),
    fc
      .tuple(
        fc.constantFrom('anyOf', 'oneOf', 'allOf'),
        fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
      )
      .map(([key, list]) => ({ [key]: list })),
    fc.tuple(tie('schema'), tie('schema')).map(([one, other]) => ({ ...one, not: other })),
    fc.tuple(tie('schema'), tie('schema'), tie('schema')).map((parts) => condition(...parts)),
  ) as fc.Arbitrary<JsonObject>,
}));

test('what is made fits its schema, by another validator', () => {
  let made = 0;
  fc.assert(
    fc.property(schema, fc.string(), (inner, seed) => {
      const whole = { ...inner, $defs: { shared: { type: 'object', properties: { a: text } } } };
      const stub = stubOf(whole, seed);
      if (!stub.made) return;
      made++;
      const value = JSON.parse(JSON.stringify(stub.value));
      expect(validator().validate(whole, value), JSON.stringify({ whole, value })).toBe(true);
    }),
    { numRuns: 600 },
  );
  expect(made).toBeGreaterThan(200);
});
