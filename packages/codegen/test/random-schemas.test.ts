import { Validator } from '@cfworker/json-schema';
import type { JsonObject } from '@org/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from './json-schema-suite/judge.ts';
import type { SuiteGroup } from './json-schema-suite/suite.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const key = fc.constantFrom('x', 'y', 'z', 'x-1');
const leaf = fc.constantFrom(null, true, false, 0, 1, 2.5, '', 'a', 'x');

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}));

const { schema } = fc.letrec((tie) => {
  const one = tie('schema');
  const some = fc.array(one, { minLength: 1, maxLength: 3 });
  const of = (model: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(model, { requiredKeys: [] });
  const reference = fc.constantFrom('#', '#/$defs/a', '#/$defs/b');
  const kind = fc.constantFrom('string', 'number', 'integer', 'null', 'boolean', 'object', 'array');
  return {
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.record({ type: fc.oneof(kind, fc.uniqueArray(kind, { minLength: 1, maxLength: 2 })) }),
      fc.record({ enum: fc.array(value, { minLength: 1, maxLength: 3 }) }),
      fc.record({ const: value }),
      fc.constantFrom(true, false, {}),
      fc.record({ $ref: reference }),
      fc.dictionary(fc.constantFrom('anyOf', 'oneOf', 'allOf'), some, { minKeys: 1 }),
      of({
        type: fc.constantFrom('object', ['object', 'null']),
        properties: fc.dictionary(key, one),
        required: fc.subarray(['x', 'y']),
        additionalProperties: one,
        anyOf: some,
        $ref: reference,
      }),
      of({
        properties: fc.dictionary(key, one),
        patternProperties: fc.dictionary(
          fc.constantFrom('^x', '^x-', 'y$', '1', '^[a-z]', '', '^x$', '.*'),
          one,
        ),
        propertyNames: fc.constantFrom(true, false, { enum: ['x', 'z'] }, { const: 'x' }),
        additionalProperties: one,
        unevaluatedProperties: one,
        dependentRequired: fc.constantFrom({ x: ['y'] }, { y: ['x', 'z'] }),
        dependentSchemas: fc.dictionary(key, one, { maxKeys: 2 }),
        dependencies: fc.dictionary(key, fc.oneof(one, fc.constant(['y'])), { maxKeys: 2 }),
        maxProperties: fc.nat(2),
        required: fc.subarray(['z', 'x-1']),
      }),
      of({
        items: one,
        prefixItems: some,
        unevaluatedItems: one,
        contains: one,
        minItems: fc.nat(3),
        maxItems: fc.nat(3),
      }),
      // biome-ignore lint/suspicious/noThenProperty: a keyword
      of({ if: one, then: one, else: one, not: one, type: fc.constantFrom('object', 'string') }),
      fc.record({
        not: fc.oneof(
          fc.record({ type: kind }),
          fc.record({ required: fc.subarray(['x', 'y']) }),
          fc.record({ enum: fc.array(leaf) }),
          fc.record({ not: one }),
          fc.record({ anyOf: fc.constant([{ required: ['x'] }, { required: ['y'] }]) }),
        ),
      }),
    ),
  };
});

const document = fc.tuple(schema, schema, schema).map(([root, a, b]) => {
  const object = typeof root === 'boolean' ? { allOf: [root] } : (root as object);
  return { $schema: dialect, ...object, $defs: { a, b } } as JsonObject;
});

/** The values that fit `schema`; none for one that refers to itself for ever. */
function fitting(schema: JsonObject, values: readonly unknown[]): unknown[] {
  const validator = new Validator(schema, '2020-12', true);
  try {
    return values.filter((one) => validator.validate(one).valid);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

test('types of random schemas accept each random value that fits, as a validator sees it', () => {
  const sample = { seed: 20_261_121 };
  const texts = fc.sample(value, { ...sample, numRuns: 80 }).map((one) => JSON.stringify(one));
  const values = [...new Set(texts)].map((text) => JSON.parse(text) as unknown);
  const groups = fc.sample(document, { ...sample, numRuns: 400 }).map((one, index): SuiteGroup => {
    const tests = fitting(one, values).slice(0, 12);
    return {
      draft: 'draft2020-12',
      keyword: 'random',
      description: `${index}`,
      schema: one,
      tests: tests.map((data) => ({ description: '', data, valid: true })),
    };
  });
  const verdicts = judge(groups);
  expect(verdicts.length).toBeGreaterThan(1_000);
  expect(verdicts.filter(({ accepted }) => !accepted)).toEqual([]);
});
