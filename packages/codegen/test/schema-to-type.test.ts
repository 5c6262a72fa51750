import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { translated, typeOf, typesOf } from './translated.ts';

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
