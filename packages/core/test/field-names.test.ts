import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { camelName, camelSchema, camelValue, type JsonValue } from '../src/index.ts';

test.each<readonly [string, string]>([
  ['created_at', 'createdAt'],
  ['HTML_URL', 'htmlUrl'],
  ['Content-Type', 'contentType'],
  ['a_1', 'a1'],
  ...['createdAt', 'Name', 'ID', '_meta', '__proto__', 'a_', 'a__b', 'x.y_z', '', '1_a'].map(
    (name) => [name, name] as const,
  ),
])('camelName() of %j is %j', (name, expected) => {
  expect(camelName(name)).toBe(expected);
});

test('camelValue() leaves objects as they are whose names would meet, or that are maps', () => {
  expect(
    camelValue([
      { a_b: { c_d: null } },
      { a_b: 1, aB: 2, c_d: 3 },
      { a_b: 1, 'src/a_b.ts': { e_f: 2 } },
      JSON.parse('{"__proto__":1,"to_string":2}'),
    ]),
  ).toEqual([
    { aB: { cD: null } },
    { a_b: 1, aB: 2, c_d: 3 },
    { a_b: 1, 'src/a_b.ts': { eF: 2 } },
    JSON.parse('{"__proto__":1,"toString":2}'),
  ]);
});

test('camelValue() changes names only, and loses no member', () => {
  const name = fc.constantFrom('a_b', 'aB', 'a-b', 'c', '__proto__', 'x.y');
  const value = fc.letrec<{ node: JsonValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.integer(),
      fc.array(tie('node')),
      fc
        .array(fc.tuple(name, tie('node')))
        .map((entries) => Object.fromEntries(entries) as JsonValue),
    ),
  })).node;
  const leaves = (text: string) => text.replaceAll(/"[^"]*":/g, '');
  fc.assert(
    fc.property(value, (one) => {
      const changed = camelValue(one);
      expect(leaves(JSON.stringify(changed))).toBe(leaves(JSON.stringify(one)));
      expect(camelValue(changed)).toEqual(changed);
    }),
  );
});

test('camelSchema() renames what the schema declares, and no values', () => {
  expect(
    camelSchema({
      type: 'object',
      properties: {
        created_at: { const: 'a_b', default: { x_y: 1 } },
        the_list: { items: { $ref: '#/$defs/an_item' } },
      },
      required: ['created_at'],
      allOf: [{ required: ['the_list'] }],
      $defs: { an_item: { properties: { a_b: {}, aB: {} }, required: ['a_b'] } },
    }),
  ).toEqual({
    type: 'object',
    properties: {
      createdAt: { const: 'a_b', default: { x_y: 1 } },
      theList: { items: { $ref: '#/$defs/an_item' } },
    },
    required: ['createdAt'],
    allOf: [{ required: ['theList'] }],
    $defs: { an_item: { properties: { a_b: {}, aB: {} }, required: ['a_b'] } },
  });
  expect(camelSchema({ properties: { a_b: { $ref: '#/properties/c_d' }, c_d: {} } })).toEqual({});
});
