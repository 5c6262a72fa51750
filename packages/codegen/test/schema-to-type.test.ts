import { readFileSync } from 'node:fs';
import type { JsonObject } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemaToTypes } from '../src/schema-to-type.ts';
import { typeErrors } from './workbench.ts';

function typesOf(schema: unknown, isParams = false): string {
  return schemaToTypes(schema as JsonObject, {
    name: 'X',
    isParams,
    taken: new Set(),
    maxLength: 200_000,
  }).declarations;
}

/** The right side of the one declaration, on one line. */
function typeOf(schema: unknown): string {
  return typesOf(schema)
    .replace(/^\/\*\*.*\*\/\n/, '')
    .replace(/^export type X = |;\n$/g, '')
    .replace(/^export interface X /, '')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('schemaToTypes()', () => {
  test.each<[string, unknown, string]>([
    ['a string', { type: 'string' }, 'string'],
    ['an integer', { type: 'integer' }, 'number'],
    ['several types', { type: ['string', 'null'] }, 'string | null'],
    ['nullable', { type: 'string', nullable: true }, 'string | null'],
    [
      'an enum of anything',
      { enum: ['a', 1, null, true, [1], { b: 2 }] },
      "'a' | 1 | null | true | [1] | { b: 2 }",
    ],
    ['a const', { const: -0.5 }, '-0.5'],
    ['an array', { type: 'array', items: { type: ['string', 'number'] } }, '(string | number)[]'],
    ['an array of anything', { type: 'array' }, 'unknown[]'],
    ['prefixItems', { prefixItems: [{ type: 'string' }, { type: 'number' }] }, '[string, number]'],
    [
      'optional prefixItems',
      { prefixItems: [{ type: 'string' }, {}], minItems: 1, items: { const: 1 } },
      '[string, unknown?, ...1[]]',
    ],
    [
      'a draft-7 tuple',
      { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
      '[string, ...number[]]',
    ],
    [
      'properties',
      { properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      "{ a: string; 'b-c'?: unknown; }",
    ],
    ['a required key without a schema', { type: 'object', required: ['k'] }, '{ k: unknown; }'],
    ['a false property', { properties: { a: false, b: true } }, '{ a?: never; b?: unknown; }'],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'number' } },
      '{ [key: string]: number }',
    ],
    [
      'an empty object',
      { type: 'object', additionalProperties: false },
      '{ [key: string]: never }',
    ],
    [
      'properties and others',
      { properties: { a: { type: 'number' } }, additionalProperties: { type: 'string' } },
      '{ a?: number; [key: string]: unknown; }',
    ],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'string' }, { const: 1 }] }, 'string | 1'],
    ['oneOf with anything', { oneOf: [{ type: 'string' }, {}] }, 'unknown'],
    [
      'allOf',
      { type: 'object', allOf: [{ required: ['a'] }, { required: ['b'] }] },
      '{ a: unknown; } & { b: unknown; }',
    ],
    [
      'a union within',
      { required: ['a'], anyOf: [{ required: ['b'] }, { required: ['c'] }] },
      '{ a: unknown; } & ({ b: unknown; } | { c: unknown; })',
    ],
    ['nothing known', { not: {} }, 'unknown'],
    ['an unknown type', { type: 'frob' }, 'unknown'],
    ['a URL', { $ref: 'https://example.com/s.json' }, 'unknown /* refers outside this schema */'],
    ['a file', { $ref: 'file:///etc/passwd' }, 'unknown /* refers outside this schema */'],
    ['no target', { $ref: '#/$defs/a' }, 'unknown /* refers outside this schema */'],
    ['an inherited target', { $ref: '#/constructor' }, 'unknown /* refers outside this schema */'],
    ['itself', { $ref: '#' }, 'unknown /* refers to itself */'],
    [
      'malformed keywords',
      { type: 7, properties: null, required: 'x', enum: 5, anyOf: {}, $ref: 5 },
      'unknown',
    ],
  ])('%s', (_, schema, expected) => {
    expect(typeOf(schema)).toBe(expected);
  });

  test('names what is referred to, once, also when it is recursive', () => {
    const node = {
      type: 'object',
      properties: { next: { $ref: '#/$defs/node' }, all: { type: 'array', items: { $ref: '#' } } },
    };
    expect(typesOf({ $ref: '#/$defs/node', $defs: { node } })).toMatchInlineSnapshot(`
      "export type X = XNode;

      export interface XNode {
        next?: XNode;
        all?: X[];
      }
      "
    `);
  });

  test('documents what a type cannot say', () => {
    const schema = {
      type: 'object',
      description: 'Of the *whole*.',
      properties: {
        a: {
          type: 'string',
          description: 'First.\n\nSecond.',
          format: 'date',
          default: 'x y',
          deprecated: true,
        },
        b: { type: 'number', minimum: 0, maximum: 9 },
      },
    };
    expect(typesOf(schema)).toMatchInlineSnapshot(`
      "/** Of the *whole*. */
      export interface X {
        /**
         * First.
         *
         * Second.
         * Format: date.
         * @default "x y"
         * @deprecated
         */
        a?: string;
        /** Minimum: 0. Maximum: 9. */
        b?: number;
      }
      "
    `);
  });

  test('parameters are objects whatever the schema says', () => {
    expect(typesOf({ $ref: 'x' }, true)).toBe('export type X = { [key: string]: unknown };\n');
    expect(typesOf({ anyOf: [{ type: 'string' }, { required: ['a'] }] }, true)).toContain(
      'object & (',
    );
  });

  test('reads no file: a file that is referred to does not show', () => {
    const file = new URL('fixtures/everything.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toContain('tools');
    expect(
      typesOf({ properties: { a: { $ref: file.href }, b: { $ref: file.pathname } } }),
    ).not.toContain('tools');
  });
});

function defs(count: number, make: (index: number) => unknown): JsonObject {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`n${index}`, make(index)]),
  ) as JsonObject;
}
const ref = (index: number) => ({ $ref: `#/$defs/n${index}` });
const tree = (make: (index: number) => unknown) => ({ ...ref(0), $defs: defs(40, make) });

function nested(depth: number): unknown {
  let schema: unknown = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = { properties: { a: schema } };
  return schema;
}
const cyclic: Record<string, unknown> = { type: 'object' };
cyclic.properties = { self: cyclic, list: { type: 'array', items: cyclic } };
cyclic.anyOf = [cyclic, { allOf: [cyclic, cyclic] }];

const bombs: readonly (readonly [string, unknown])[] = [
  ['2^40 objects', tree((n) => ({ properties: { a: ref(n + 1), b: ref(n + 1) } }))],
  [
    '2^40 alternatives',
    tree((n) => ({ anyOf: [ref(n + 1), { properties: { a: { const: n } }, ...ref(n + 1) }] })),
  ],
  [
    '2^40 intersections',
    tree((n) => ({
      allOf: [ref(n + 1), ref(n + 1), { anyOf: [{ const: n }, { required: [`${n}`] }] }],
    })),
  ],
  [
    'an allOf of unions',
    {
      allOf: Array.from({ length: 30 }, (_, n) => ({
        anyOf: Array.from({ length: 30 }, (_, m) => ({ required: [`${n}-${m}`] })),
      })),
    },
  ],
  [
    'nested allOf',
    Array.from({ length: 60 }).reduce(
      (schema: unknown) => ({ allOf: [schema, { type: ['string', 'number', 'null'] }] }),
      { type: 'object' },
    ),
  ],
  [
    '20,000 properties',
    {
      properties: Object.fromEntries(
        Array.from({ length: 20_000 }, (_, n) => [
          `property${n}`,
          { type: 'string', description: 'd'.repeat(100) },
        ]),
      ),
    },
  ],
  ['20,000 required', { required: Array.from({ length: 20_000 }, (_, n) => `r${n}`) }],
  [
    '20,000 enum values',
    { properties: { a: { enum: Array.from({ length: 20_000 }, (_, n) => `v${n}`) } } },
  ],
  ['20,000 alternatives', { anyOf: Array.from({ length: 20_000 }, (_, n) => ({ const: n })) }],
  [
    '10,000 references',
    {
      properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`p${n}`, ref(n)])),
      $defs: defs(10_000, () => ({ type: ['string', 'null'] })),
    },
  ],
  [
    '10,000 targets with one name',
    {
      prefixItems: Array.from({ length: 10_000 }, (_, n) => ({
        $ref: `#/a/${'_'.repeat((n % 90) + 1)}/b${n % 100}`,
      })),
      a: Object.fromEntries(
        Array.from({ length: 90 }, (_, n) => [
          '_'.repeat(n + 1),
          Object.fromEntries(Array.from({ length: 100 }, (_, m) => [`b${m}`, {}])),
        ]),
      ),
    },
  ],
  ['a chain of 5,000 references', { ...ref(0), $defs: defs(5_000, (n) => ref(n + 1)) }],
  [
    'a cycle',
    { ...ref(0), $defs: { n0: ref(1), n1: ref(2), n2: { anyOf: [ref(0), { type: 'null' }] } } },
  ],
  [
    'a cycle with a way around',
    {
      $defs: {
        n0: { anyOf: [{ properties: { p: ref(1) } }, ref(1)] },
        n1: { anyOf: [ref(0), { const: 1 }] },
      },
      ...ref(0),
    },
  ],
  [
    'a pointer into itself',
    { properties: { a: { $ref: '#/properties/a' }, b: { $ref: '#/properties/a/$ref' } } },
  ],
  ['nesting of 5,000', nested(5_000)],
  ['an object that contains itself', cyclic],
  ['a deep default', { properties: { a: { default: nested(5_000), enum: [nested(5_000)] } } }],
  [
    'a long text',
    {
      description: 'x '.repeat(1_000_000),
      pattern: '(a+)+$'.repeat(100_000),
      properties: { a: { const: 'y'.repeat(1_000_000) } },
    },
  ],
];

describe('hostile schemas', () => {
  test.each(bombs)('%s: under a second, bounded', (_, schema) => {
    const start = performance.now();
    const types = typesOf(schema, true);
    expect(performance.now() - start).toBeLessThan(1_000);
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
            items: tie('schema'),
            prefixItems: fc.array(tie('schema'), { maxLength: 3 }),
            minItems: fc.nat(3),
          },
          { requiredKeys: ['items'] },
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
