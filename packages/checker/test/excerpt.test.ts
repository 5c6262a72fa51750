import { expect, test } from 'vitest';
import { excerpt, placeOf } from '../src/excerpt.ts';

test('a place is counted from 1, in UTF-16 units', () => {
  const text = "é😀;\r\n\tconst a = 'x';\r\n";
  const start = text.indexOf('const');
  expect(placeOf(text, start, start + 5)).toEqual({
    line: 2,
    column: 2,
    length: 5,
    sourceLine: "\tconst a = 'x';",
  });
  expect(placeOf(text, 1, 3)).toMatchObject({ line: 1, column: 2, length: 2 });
  expect(placeOf(text, text.length, text.length)).toMatchObject({ line: 3, column: 1, length: 1 });
});

test('a mark ends with its line', () => {
  const place = placeOf('first\nsecond', 3, 12);
  expect(excerpt(place)).toBe('  first\n     ^^');
});

test.for([0, 100, 149, 150, 151, 5_000, 999_990])(
  'of a long line, what is around column %i',
  (at) => {
    const text = `${' '.repeat(at)}wrong${' '.repeat(1_000_000)}`;
    const place = placeOf(text, at, at + 5);
    expect(place).toMatchObject({ line: 1, column: at + 1, length: 5 });
    expect(place.sourceLine.length).toBeLessThanOrEqual(200);
    const [line = '', marker = ''] = excerpt(place).split('\n');
    expect(line.slice(marker.indexOf('^'))).toMatch(/^wrong/u);
    expect(marker.trim()).toBe('^^^^^');
  },
);
