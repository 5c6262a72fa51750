import type { JsonObject } from '@org/core';

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

/** Schemas that take time, memory or text without end where nothing is bounded. */
export const bombs: readonly (readonly [string, unknown])[] = [
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
