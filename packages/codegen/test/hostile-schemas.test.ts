import type { JsonObject } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bombs } from './schema-bombs.ts';
import { typesOf } from './translated.ts';
import { typeErrors } from './workbench.ts';

describe('hostile schemas', () => {
  test.each(bombs)('%s: under a second of a processor, bounded', (_, schema) => {
    const start = process.cpuUsage();
    const types = typesOf(schema, true);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(1_000);
    expect(types.length).toBeLessThan(2_000_000);
  });

  test('all of them type-check', () => {
    const files = bombs.flatMap(([, schema], index): [string, string][] => [
      [`/params${index}.ts`, typesOf(schema, true)],
      [`/result${index}.ts`, typesOf(schema)],
    ]);
    expect(typeErrors(new Map(files))).toBe('');
  });

  test('500 random schemas with references type-check', () => {
    const names = ['a', 'b', 'c'];
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.record({ type: fc.constantFrom('string', 'number', 'null', 'object', 'array') }),
        fc.record({ enum: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }) }),
        fc.record({ $ref: fc.constantFrom('#', ...names.map((name) => `#/$defs/${name}`)) }),
        fc.constantFrom(true, false),
        fc.dictionary(
          fc.constantFrom('anyOf', 'oneOf', 'allOf'),
          fc.array(tie('schema'), { maxLength: 3 }),
        ),
        fc.record(
          {
            type: fc.constantFrom('object', ['object', 'null']),
            properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }),
            required: fc.array(fc.constantFrom('x', 'y')),
            additionalProperties: tie('schema'),
            $ref: fc.constantFrom(...names.map((name) => `#/$defs/${name}`)),
            anyOf: fc.array(tie('schema'), { maxLength: 3 }),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            items: fc.oneof(tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
            prefixItems: fc.array(tie('schema'), { maxLength: 3 }),
            additionalItems: tie('schema'),
            unevaluatedItems: tie('schema'),
            minItems: fc.nat(3),
            maxItems: fc.nat(3),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            properties: fc.dictionary(fc.constantFrom('x', 'y', 'x-1'), tie('schema')),
            patternProperties: fc.dictionary(
              fc.constantFrom('^x', '^x-', 'y$', '1', '^[a-z]', '', '^x$', '.*'),
              tie('schema'),
            ),
            propertyNames: fc.constantFrom(true, false, { enum: ['x', 'z'] }, { pattern: '^x' }),
            additionalProperties: tie('schema'),
            unevaluatedProperties: tie('schema'),
            dependentRequired: fc.constant({ x: ['y'] }),
            dependentSchemas: fc.dictionary(fc.constantFrom('x', 'y'), tie('schema')),
            dependencies: fc.dictionary(fc.constantFrom('x', 'y'), tie('schema')),
            required: fc.constantFrom(['x'], ['z', 'x-1']),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            if: tie('schema'),
            // biome-ignore lint/suspicious/noThenProperty: a keyword
            then: tie('schema'),
            else: tie('schema'),
            not: tie('schema'),
            $dynamicRef: fc.constantFrom('#dynamic', '#a', '#/$defs/b', 'other#dynamic'),
            $dynamicAnchor: fc.constant('dynamic'),
            $anchor: fc.constant('a'),
            $id: fc.constantFrom('other', 'https://example.com/x', '#a'),
          },
          { requiredKeys: [] },
        ),
      ),
    }));
    const document = fc
      .tuple(schema, schema, schema, schema)
      .map(([root, a, b, c]) => ({ ...(root as JsonObject), $defs: { a, b, c } }));
    const files = fc
      .sample(document, { numRuns: 500, seed: 20_261 })
      .flatMap((one, index): [string, string][] => [
        [`/params${index}.ts`, typesOf(one, true)],
        [`/result${index}.ts`, typesOf(one)],
      ]);
    expect(typeErrors(new Map(files))).toBe('');
  });
});
