import type { JsonValue } from '@org/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksLikeData } from '../../src/observed/key-name.ts';
import { anything, bounded, merge, nothing, type Shape } from '../../src/observed/shape.ts';
import { shapeOfJson, shapeToJson } from '../../src/observed/shape-json.ts';
import { shapeMoves } from '../../src/observed/shape-moves.ts';
import { shapeSchema } from '../../src/observed/shape-schema.ts';
import { shapeOf, widen } from '../../src/observed/widen.ts';
import { conforms } from './conforms.ts';

/** Names that meet, names that are data, and names of the language. */
const name = fc.constantFrom(
  ...['a', 'b', 'c', 'id', 'with space', '', '__proto__', 'constructor', 'toString'],
  ...['2026-11-21', 'ada@example.org', 'x'.repeat(41), '17'],
);
const value = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, 1, 'text'),
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .array(fc.tuple(name, tie('node')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as JsonValue),
  ),
})).node;
const shape = fc.array(value, { maxLength: 3 }).map((values) => values.reduce(widen, nothing));
const text = (one: Shape): string => JSON.stringify(shapeToJson(one));

describe('shapes are a lattice', () => {
  test('merge() is commutative, associative and idempotent, with a least and a greatest element', () => {
    fc.assert(
      fc.property(shape, shape, shape, (a, b, c) => {
        expect(text(merge(a, b))).toBe(text(merge(b, a)));
        expect(text(merge(merge(a, b), c))).toBe(text(merge(a, merge(b, c))));
        expect(merge(a, a)).toBe(a);
        expect(text(merge(nothing, a))).toBe(text(a));
        expect(text(merge(anything, a))).toBe(text(anything));
      }),
      { numRuns: 1_000 },
    );
  });

  test('merge() gives the first shape itself where the second adds nothing', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const both = merge(a, b);
        expect(merge(both, a)).toBe(both);
        expect(merge(both, b)).toBe(both);
      }),
    );
  });

  test('widen() is a merge with the shape of the value, and gives the same object where that fits', () => {
    fc.assert(
      fc.property(shape, value, (a, one) => {
        const wider = widen(a, one);
        expect(text(wider)).toBe(text(merge(a, shapeOf(one))));
        expect(widen(wider, one)).toBe(wider);
      }),
      { numRuns: 1_000 },
    );
  });

  test('many names with none in common are values, in whatever order they come', () => {
    const one = (from: number, count: number) =>
      shapeOf(
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`n${(from + index).toString(26)}x`, 1]),
        ),
      );
    const parts = [one(1000, 20), one(2000, 20), one(3000, 5)];
    const [a, b, c] = parts as [Shape, Shape, Shape];
    const merged = [merge(merge(a, b), c), merge(a, merge(b, c)), merge(merge(c, b), a)];
    for (const each of merged) expect(text(each)).toBe('{"values":{"kinds":4}}');
    expect(shapeToJson(one(1000, 300))).toEqual({ values: { kinds: 4 } });
    expect(Object.keys((shapeToJson(one(1000, 200)).properties ?? {}) as object).length).toBe(200);
  });
});

describe('the schema of a shape', () => {
  test('fits each value that the shape was made of', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const schema = shapeSchema(bounded(values.reduce(widen, nothing)));
        for (const one of values) expect(conforms(schema, one)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('does not fit where shapeMoves() says so, and only there', () => {
    fc.assert(
      fc.property(shape, value, (a, one) => {
        const moves = shapeMoves(a, shapeOf(one));
        const asValues = moves.some(({ is }) => is === 'an object with other names');
        if (!asValues) expect(moves.length === 0).toBe(conforms(shapeSchema(a), one));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is unknown where only null or nothing was seen', () => {
    expect(shapeSchema(shapeOf({ a: null, b: [], c: {}, d: [null] }))).toEqual({
      type: 'object',
      properties: {
        a: { description: 'Only null was seen.' },
        b: { type: 'array', items: {} },
        c: { type: 'object', properties: {} },
        d: { type: 'array', items: { description: 'Only null was seen.' } },
      },
      required: ['a', 'b', 'c', 'd'],
    });
  });

  test('has optional and nullable members, and one type for all elements', () => {
    const issues = [
      { id: 1, assignee: null, labels: ['x'] },
      { id: 2, assignee: { login: 'ada' }, labels: [], note: 'y' },
    ];
    expect(shapeSchema(shapeOf(issues))).toEqual({
      type: 'array',
      items: {
        type: 'object',
        properties: {
          assignee: {
            type: ['null', 'object'],
            properties: { login: { type: 'string' } },
            required: ['login'],
          },
          id: { type: 'number' },
          labels: { type: 'array', items: { type: 'string' } },
          note: { type: 'string' },
        },
        required: ['assignee', 'id', 'labels'],
      },
    });
  });
});

describe('what is kept', () => {
  test('no value of a result is in its shape', () => {
    const secret = fc.stringMatching(/^secret-[a-z]{8}$/u);
    fc.assert(
      fc.property(secret, (one) => {
        const result = { name: one, list: [one, { [`${one}@example.org`]: one }], deep: [[one]] };
        expect(text(shapeOf(result))).not.toContain(one);
      }),
    );
  });

  test.each([
    ...['1', '2026-11-21', '2026-11-21T10:00', '+43 1 234', '10.0.0.1', '::1', 'ada@example.org'],
    ...['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'deadbeef0123', 'issue_48213', '/etc/passwd'],
    ...['https://example.org', 'application/json', '[[EMAIL:abc]]', 'x'.repeat(41), 'a\u200bb'],
    ...['aB3dE6gH9kL2', '2026-11-21T10:00:00Z'],
  ])('the name %j looks like data', (one) => {
    expect(looksLikeData(one)).toBe(true);
    expect(text(shapeOf({ title: 'x', [one]: 1 }))).toBe('{"values":{"kinds":12}}');
  });

  test.each([
    ...['id', 'created_at', 'htmlUrl', '@type', '_links', 'sha256', 'md5', 'utf8', 'x-rate-limit'],
    ...['First name', 'ISO8601', 'línea', 'a.b', '$ref', 'numberOfOpenIssuesAndRequests'],
  ])('the name %j does not', (one) => {
    expect(looksLikeData(one)).toBe(false);
  });

  test('a shape is read back as it was written, and canonical', () => {
    fc.assert(
      fc.property(shape, (a) => {
        const back = shapeOfJson(JSON.parse(text(a)));
        expect(back && text(back)).toBe(text(a));
      }),
    );
  });

  test('anything else is no shape, or one that keeps all bounds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const read = shapeOfJson(json as JsonValue);
        if (read !== undefined) expect(text(bounded(read))).toBe(text(read));
      }),
    );
    const secret = { properties: { 'ada@example.org': { kinds: 8 }, [`a${'b'.repeat(50)}`]: {} } };
    expect(shapeOfJson(secret)).toEqual({ kinds: 0, values: { kinds: 8 } });
    for (const wrong of [
      null,
      [],
      { kinds: 64 },
      { kinds: 1.5 },
      { items: [] },
      { properties: {}, values: {} },
      { properties: { a: 1 } },
      { constructor: {} },
      JSON.parse('{"__proto__":{}}'),
    ]) {
      expect(shapeOfJson(wrong as JsonValue), JSON.stringify(wrong)).toBeUndefined();
    }
  });

  test('depth, places and values that are looked at are bounded', () => {
    const deep = JSON.parse(`${'['.repeat(200)}1${']'.repeat(200)}`) as JsonValue;
    expect(text(shapeOf(deep)).match(/items/g)?.length).toBe(12);
    const wide = (levels: number): JsonValue =>
      levels === 0
        ? 1
        : Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((n) => [n, wide(levels - 1)]));
    const cut = bounded(shapeOf(wide(5)));
    expect(text(cut).match(/kinds/g)?.length).toBeLessThanOrEqual(1_000);
    expect(conforms(shapeSchema(cut), wide(5))).toBe(true);
    expect(bounded(cut)).toBe(cut);
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: index, at: index }));
    expect(text(shapeOf(rows))).toBe(
      '{"items":{"properties":{"at":{"kinds":4},"id":{"kinds":4}}}}',
    );

    expect(text(shapeOf([...Array.from({ length: 60 }, () => 1), 'x']))).toBe(
      '{"items":{"kinds":12}}',
    );
    // Not looked at: neither a failure nor a member that is missing.
    const huge = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `m${index.toString(26)}x`,
        Array.from({ length: 60 }, () => ({ a: 1 })),
      ]),
    );
    expect(conforms(shapeSchema(shapeOf(huge)), huge)).toBe(true);
    expect(shapeMoves(shapeOf(huge), shapeOf(huge))).toEqual([]);
  });
});
