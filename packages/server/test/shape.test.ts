import type { JsonValue } from '@org/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutToBudget } from '../src/shape/cut.ts';
import { takeMedia } from '../src/shape/media.ts';
import { select } from '../src/shape/select.ts';
import { estimateTokens } from '../src/shape/tokens.ts';

const values = fc.jsonValue({ maxDepth: 6, noUnicodeString: false }) as fc.Arbitrary<JsonValue>;
const large = fc.oneof(
  fc.array(values, { minLength: 20, maxLength: 200 }),
  fc.dictionary(fc.string(), values, { minKeys: 20, maxKeys: 200 }),
  fc.string({ minLength: 1_000, maxLength: 20_000 }),
  fc.array(fc.string({ minLength: 500, maxLength: 2_000 }), { minLength: 3, maxLength: 30 }),
) as fc.Arbitrary<JsonValue>;

test('cutToBudget() stays within its budget, and says what it has cut', () => {
  fc.assert(
    fc.property(fc.oneof(values, large), fc.integer({ min: 30, max: 3_000 }), (value, budget) => {
      const { value: cut, cuts } = cutToBudget(value, budget);
      const text = JSON.stringify(cut);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(cut)));
      if (cut === value) {
        expect(cuts).toEqual([]);
        return;
      }
      expect(estimateTokens(text)).toBeLessThanOrEqual(budget);
      expect(cuts.length).toBeGreaterThan(0);
      expect(estimateTokens(JSON.stringify(value))).toBeGreaterThan(budget * 0.5);
    }),
    { numRuns: 500 },
  );
});

test('cutToBudget() keeps the kind of a value, and each shown item or key is one of the value', () => {
  fc.assert(
    fc.property(large, fc.integer({ min: 100, max: 2_000 }), (value, budget) => {
      const { value: cut } = cutToBudget(value, budget);
      expect(Array.isArray(cut)).toBe(Array.isArray(value));
      expect(typeof cut).toBe(typeof value);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const strange = Object.keys(cut as object).filter((key) => !Object.hasOwn(value, key));
        expect(strange.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 300 },
  );
});

test('cutToBudget(): the first and last items, the middle of a text, all short keys', () => {
  const items = Array.from({ length: 1_000 }, (_, id) => ({ id }));
  const { value, cuts } = cutToBudget({ total: 1_000, items, text: 'ab '.repeat(5_000) }, 400);
  const cut = value as { total: number; items: JsonValue[]; text: string };
  expect(cut.total).toBe(1_000);
  expect(cut.items[0]).toEqual({ id: 0 });
  expect(cut.items.at(-1)).toEqual({ id: 999 });
  expect(cut.items).toContainEqual(expect.stringMatching(/^…[\d,]+ items cut…$/));
  expect(cut.text).toMatch(/^ab ab .*…\[[\d,]+ characters cut\]….*ab $/s);
  expect(cuts.map(({ at }) => at).sort()).toEqual(['/items', '/text']);
  const shown = /^items 0-(\d+), (\d+)-999 of 1000$/.exec(cuts[0]?.shown ?? '');
  expect(cut.items[Number(shown?.[1])]).toEqual({ id: Number(shown?.[1]) });
  expect(cuts[0]?.next).toBe(`/items/${Number(shown?.[1]) + 1}-${Number(shown?.[1]) + 20}`);
  expect(cut.items).toHaveLength(Number(shown?.[1]) + 2 + 1_000 - Number(shown?.[2]));
});

test('cutToBudget() parts no surrogate pair and takes own keys only', () => {
  const text = '😀'.repeat(4_000);
  for (let budget = 100; budget < 140; budget++) {
    const cuts = [cutToBudget(text, budget).value, cutToBudget(`x${text}`, budget).value];
    for (const cut of cuts) expect((cut as string).isWellFormed(), String(budget)).toBe(true);
  }
  const hostile = JSON.parse(`{"__proto__": {"polluted": 1}, "long": "${'x '.repeat(2_000)}"}`);
  const { value } = cutToBudget(hostile, 200);
  expect(Object.keys(value as object)).toEqual(['__proto__', 'long']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('select(): a part, parts within their structure, ranges, and what is not there', () => {
  const value = {
    total: 3,
    items: [
      { id: 1, tags: ['a'] },
      { id: 2, tags: [] },
      { id: 3, tags: ['c'] },
    ],
    'a/b': { '~': 1 },
  };
  expect(select(value, ['/items/1/id']).value).toBe(2);
  expect(select(value, ['items/1/id']).value).toBe(2);
  expect(select(value, ['/a~1b/~0']).value).toBe(1);
  expect(select(value, ['/items/1-2/id', '/total']).value).toEqual({
    total: 3,
    items: [{ id: 2 }, { id: 3 }],
  });
  expect(select(value, ['/items/*/tags/0']).value).toEqual({
    items: [{ tags: ['a'] }, { tags: ['c'] }],
  });
  expect(select(value, ['']).value).toEqual(value);
  expect(select(value, ['/nope', '/total'])).toEqual({ value: { total: 3 }, missing: ['/nope'] });
  expect(select(value, ['/__proto__', '/constructor']).value).toBeUndefined();
  for (const path of ['/constructor', '/__proto__', '/items/length', '/items/-1', '/total/x']) {
    expect(select(value, [path]), path).toEqual({ value: undefined, missing: [path] });
  }
  expect(() => select(value, Array(33).fill('/total'))).toThrow('over 32 paths');
  expect(() => select(value, ['/x'.repeat(500)])).toThrow('characters');
});

test('select() of every path of a value gives the value', () => {
  const paths = (value: JsonValue, at: string): string[] =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, part]) =>
          paths(part as JsonValue, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
        )
      : [at];
  const plain = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  fc.assert(
    fc.property(plain, (value) => {
      const all = paths(value, '');
      fc.pre(all.length > 1 && all.length <= 32);
      // A key that reads as a range or a star stands for more than itself, or for nothing.
      fc.pre(all.every((path) => !/\/(\*|\d+-\d+)(\/|$)/.test(path) && path.length < 400));
      expect(select(value, all).value).toEqual(value);
    }),
  );
});

test('takeMedia() takes images and sounds out, within its bounds, and nothing that only looks so', () => {
  const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' };
  const sound = { type: 'audio', data: 'AAECAw==', mimeType: 'audio/wav' };
  const odd = [
    { type: 'image', data: 'not base64!', mimeType: 'image/png' },
    { type: 'image', data: 'AAAA', mimeType: 'text/html' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png\r\nx: y' },
    { type: 'image', mimeType: 'image/png' },
  ];
  const { value, blocks } = takeMedia([image, { nested: sound }, ...odd]);
  expect(blocks).toEqual([image, sound]);
  expect(value).toEqual([
    { type: 'image', mimeType: 'image/png', bytes: 3, shown: 'as image 1 of this answer' },
    {
      nested: {
        type: 'audio',
        mimeType: 'audio/wav',
        bytes: 4,
        shown: 'as audio 2 of this answer',
      },
    },
    ...odd,
  ]);
  const many = takeMedia([image, image, image], { blocks: 2, characters: 100 });
  expect(many.blocks).toHaveLength(2);
  expect(JSON.stringify(many.value)).toContain('too many or too large');
  expect(takeMedia([image], { blocks: 2, characters: 3 }).blocks).toEqual([]);
  const same = { a: [1, { b: 'x' }] };
  expect(takeMedia(same).value).toBe(same);
});
