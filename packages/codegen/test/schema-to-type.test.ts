import { readFileSync } from 'node:fs';
import type { JsonObject } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SchemaTypes, schemaToTypes } from '../src/schema-to-type.ts';
import { typeErrors } from './workbench.ts';

function translated(schema: unknown, isParams = false): SchemaTypes {
  return schemaToTypes(schema as JsonObject, {
    name: 'X',
    isParams,
    taken: new Set(['Whole']),
    maxLength: 200_000,
  });
}

/** A module with the type and the types it refers to. */
function typesOf(schema: unknown, isParams = false): string {
  const { type, declarations } = translated(schema, isParams);
  return `export type Whole = ${type};\n${declarations}`;
}

/** The type on one line. */
function typeOf(schema: unknown): string {
  return translated(schema).type.replace(/\s+/g, ' ').trim();
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
    ['an enum of which a type leaves some', { type: 'string', enum: ['a', 1, 'b'] }, "'a'|'b'"],
    ['a const', { const: -0.5 }, '-0.5'],
    ['an array', { type: 'array', items: { type: ['string', 'number'] } }, '(string | number)[]'],
    ['an array of anything', { type: 'array' }, 'unknown[]'],
    ['no items', { type: 'array', maxItems: 0 }, '[]'],
    [
      'prefixItems',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
      '[string?, number?]',
    ],
    [
      'prefixItems that must be there',
      { type: 'array', prefixItems: [{ type: 'string' }, {}], minItems: 1, items: { const: 1 } },
      '[string, unknown?, ...1[]]',
    ],
    [
      'prefixItems and no other evaluated ones',
      { type: 'array', prefixItems: [{ const: 1 }], unevaluatedItems: false },
      '[1?]',
    ],
    [
      'a draft-7 tuple',
      { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'number' } },
      '[string?, ...number[]]',
    ],
    [
      'a draft-7 tuple of one length',
      { type: 'array', items: [{ type: 'string' }, {}], minItems: 2, maxItems: 2 },
      '[string, unknown]',
    ],
    [
      'properties',
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      "{ a: string; 'b-c'?: unknown }",
    ],
    [
      'properties without a type',
      { properties: { a: { type: 'string' } } },
      '{ a?: string } | string | number | boolean | unknown[] | null',
    ],
    ['a required key without a schema', { type: 'object', required: ['k'] }, '{ k: unknown }'],
    [
      'a false property',
      { type: 'object', properties: { a: false, b: true } },
      '{ a?: never; b?: unknown }',
    ],
    ['an object', { type: 'object' }, 'Record<string, unknown>'],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'number' } },
      '{ [key: string]: number }',
    ],
    ['an empty object', { type: 'object', additionalProperties: false }, 'Record<string, never>'],
    ['no properties', { type: 'object', maxProperties: 0 }, 'Record<string, never>'],
    [
      'properties and others of a type',
      {
        type: 'object',
        properties: { a: { type: 'number' } },
        additionalProperties: { type: 'string' },
      },
      '{ a?: number; [key: string]: string | number | undefined }',
    ],
    [
      'properties and any others',
      { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: true },
      '{ a?: number; [key: string]: unknown }',
    ],
    [
      'keys that begin alike',
      { type: 'object', patternProperties: { '^x-': { type: 'string' } }, properties: { a: {} } },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a template literal type
      '{ a?: unknown } & { [key: `x-${string}`]: string }',
    ],
    [
      'keys that TypeScript cannot tell',
      {
        type: 'object',
        patternProperties: { '^[a-z]+$': { type: 'string' } },
        additionalProperties: false,
      },
      '{ [key: string]: string }',
    ],
    [
      'keys of a list',
      {
        type: 'object',
        propertyNames: { enum: ['a', 'b'] },
        additionalProperties: { type: 'number' },
      },
      '{ a?: number; b?: number }',
    ],
    [
      'no other evaluated properties',
      { type: 'object', properties: { a: {} }, unevaluatedProperties: { type: 'number' } },
      '{ a?: unknown; [key: string]: unknown }',
    ],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'string' }, { const: 1 }] }, 'string | 1'],
    ['oneOf with anything', { oneOf: [{ type: 'string' }, {}] }, 'unknown'],
    [
      'allOf',
      { type: 'object', allOf: [{ required: ['a'] }, { required: ['b'] }] },
      '{ a: unknown } & { b: unknown }',
    ],
    [
      'allOf of which one has the type',
      { allOf: [{ type: 'object' }, { properties: { b: {} } }] },
      '{ b?: unknown }',
    ],
    [
      'a union within',
      { type: 'object', required: ['a'], anyOf: [{ required: ['b'] }, { required: ['c'] }] },
      '{ a: unknown } & ({ b: unknown } | { c: unknown })',
    ],
    [
      'dependentRequired',
      { type: 'object', dependentRequired: { a: ['b'] } },
      '{ a?: never } | { a: unknown; b: unknown }',
    ],
    [
      'dependentSchemas',
      { type: 'object', dependentSchemas: { a: { properties: { b: { type: 'string' } } } } },
      '{ a?: never } | { a: unknown } & { b?: string }',
    ],
    [
      'if, then and else',
      {
        type: 'object',
        if: { required: ['a'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword
        then: { required: ['b'] },
        else: { required: ['c'] },
      },
      '{ a: unknown } & { b: unknown } | { c: unknown } & { a?: never }',
    ],
    [
      'a condition that no type is',
      {
        type: 'object',
        properties: { a: {} },
        if: { minProperties: 2 },
        // biome-ignore lint/suspicious/noThenProperty: a keyword
        then: { properties: { b: {} } },
      },
      '{ a?: unknown } & Record<string, unknown> /* depends on a condition */',
    ],
    [
      'not a type',
      { not: { type: ['string', 'integer'] } },
      'number | boolean | Record<string, unknown> | unknown[] | null',
    ],
    ['not a key', { type: 'object', not: { required: ['a'] } }, '{ a?: never }'],
    ['nothing', { not: {} }, 'never'],
    ['not what TypeScript cannot leave out', { type: 'string', not: { const: 'a' } }, 'string'],
    ['an unknown type', { type: 'frob' }, 'unknown'],
    ['an anchor', { $ref: '#a', $defs: { x: { $anchor: 'a', type: 'string' } } }, 'string'],
    [
      'an id',
      { $id: 'https://a.test/b/c', $ref: 'd', $defs: { x: { $id: '/b/d', type: 'string' } } },
      'string',
    ],
    [
      'a dynamic reference',
      {
        $dynamicRef: '#a',
        $defs: {
          x: { $dynamicAnchor: 'a', type: 'string' },
          y: { $id: 'y', $dynamicAnchor: 'a', type: 'null' },
        },
      },
      'string | null',
    ],
    [
      'a reference and more',
      {
        $ref: '#/$defs/x',
        required: ['b'],
        $defs: { x: { type: 'object', properties: { a: {} } } },
      },
      '{ b: unknown } & { a?: unknown }',
    ],
    [
      'a draft-7 reference, which stands alone',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $ref: '#/definitions/x',
        required: ['b'],
        definitions: { x: { type: 'object', properties: { a: {} } } },
      },
      '{ a?: unknown }',
    ],
    ['a URL', { $ref: 'https://example.com/s.json' }, 'unknown /* refers outside this schema */'],
    ['a file', { $ref: 'file:///etc/passwd' }, 'unknown /* refers outside this schema */'],
    ['no target', { $ref: '#/$defs/a' }, 'unknown /* refers outside this schema */'],
    ['an inherited target', { $ref: '#/constructor' }, 'unknown /* refers outside this schema */'],
    [
      'properties beside a URL',
      { type: 'object', properties: { a: {} }, $ref: 'https://example.com/s.json' },
      '{ a?: unknown } & Record<string, unknown> /* refers outside this schema */',
    ],
    ['itself', { $ref: '#' }, 'X'],
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
      "export type Whole = X;
      export type XNode = { next?: XNode; all?: X[] };
      export type X = XNode;
      "
    `);
  });

  test('writes what nothing else refers to where it is referred to, with its description', () => {
    const place = { type: 'object', description: 'Where.', properties: { x: { type: 'number' } } };
    const schema = { type: 'object', properties: { at: { $ref: '#/$defs/place' } } };
    expect(translated({ ...schema, $defs: { place } })).toMatchObject({
      type: '{\n /** Where */\n at?: { x?: number };\n}',
      declarations: '',
    });
  });

  test('documents of parameters what a type cannot say, of results what they mean', () => {
    const schema = {
      type: 'object',
      properties: {
        a: {
          type: 'string',
          description: 'First.\n\nSecond.',
          format: 'date',
          pattern: 'left out beside a format',
          default: 'x y',
          deprecated: true,
        },
        b: { type: 'integer', minimum: 0, maximum: 9, examples: [1, 2, 3] },
        c: { type: 'integer', default: false, exclusiveMinimum: 0 },
        count: { type: 'integer', description: 'The count.' },
        long: { description: `${'Many words. '.repeat(5)} ${'More words. '.repeat(20)}` },
        bytes: { type: 'string', contentEncoding: 'base64', pattern: '^[a*/]+$', maxLength: 9 },
        safe: { type: 'integer', maximum: Number.MAX_SAFE_INTEGER, title: 'Title' },
      },
    };
    expect(translated(schema, true).type).toMatchInlineSnapshot(`
      "{
       /** @deprecated First. Second. Date, default "x y" */
       a?: string;
       /** 0–9, e.g. 1, 2 */
       b?: number;
       /** > 0 */
       c?: number;
       /** Integer */
       count?: number;
       /** Many words. Many words. Many words. Many words. Many words. More words. More words. … */
       long?: unknown;
       /** Matches ^[a*\\/]+$, base64, length ≤ 9 */
       bytes?: string;
       /** Title. Integer */
       safe?: number;
      }"
    `);
    expect(translated(schema).type).toMatchInlineSnapshot(`
      "{
       /** @deprecated First. Second. Date */
       a?: string;
       b?: number;
       c?: number;
       count?: number;
       /** Many words. Many words. Many words. Many words. … */
       long?: unknown;
       bytes?: string;
       /** Title */
       safe?: number;
      }"
    `);
  });

  test('parameters are objects whatever the schema says', () => {
    expect(translated({ $ref: 'x' }, true).type).toContain('Record<string, unknown> /*');
    const { type } = translated({ anyOf: [{ type: 'string' }, { required: ['a'] }] }, true);
    expect(type).toBe('{ a: unknown }');
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
  [
    '100 unions of all of them',
    {
      ...ref(0),
      $defs: defs(100, (n) => ({
        anyOf: Array.from({ length: 100 }, (_, m) => ref((n + m) % 100)),
      })),
    },
  ],
  [
    '5,000 dynamic references to 50 anchors',
    {
      properties: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, n) => [`p${n}`, { $dynamicRef: '#a' }]),
      ),
      $defs: defs(50, (n) => ({
        $id: `https://example.com/${n}`,
        $dynamicAnchor: 'a',
        properties: { next: { $dynamicRef: '#a' } },
      })),
      $dynamicAnchor: 'a',
    },
  ],
  [
    '5,000 addresses',
    {
      allOf: Array.from({ length: 5_000 }, (_, n) => ({
        $id: `https://example.com/${'a/'.repeat(100)}${n}`,
        $ref: `https://example.com/${'a/'.repeat(100)}${(n + 1) % 5_000}`,
      })),
    },
  ],
  [
    'conditions within conditions',
    Array.from({ length: 50 }).reduce(
      (schema: unknown, _, n) => ({
        if: { properties: { [`a${n}`]: { const: n } }, required: [`a${n}`] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword
        then: schema,
        else: { properties: { b: schema } },
        not: { not: schema },
        dependentSchemas: { x: schema },
      }),
      { type: 'object' },
    ),
  ],
  [
    '5,000 key patterns',
    {
      patternProperties: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, n) => [`^${n}${'(a+)+$'.repeat(n % 20)}`, { const: n }]),
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
