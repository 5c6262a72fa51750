import { expect, test } from 'vitest';
import { columns } from '../src/columns.ts';
import { cutToWidth, foldToWidth, padToWidth, textWidth } from '../src/text-width.ts';

test.for<[string, number]>([
  ['', 0],
  ['plain', 5],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['🙂', 2],
  ['a…', 2],
])('textWidth() of %s is %d', ([text, width]) => {
  expect(textWidth(text)).toBe(width);
});

test('cutToWidth() cuts between characters, and never takes more columns', () => {
  expect(cutToWidth('日本語', 6)).toBe('日本語');
  expect(cutToWidth('日本語', 5)).toBe('日本…');
  expect(cutToWidth('日本語', 4)).toBe('日…');
  expect(cutToWidth('ab🙂', 3)).toBe('ab…');
  expect(cutToWidth('abc', 1)).toBe('…');
  expect(cutToWidth('abc', 0)).toBe('');
  expect(padToWidth('日', 4)).toBe('日  ');
});

test('foldToWidth() breaks at spaces, and only such words as are longer than a line', () => {
  expect(foldToWidth('as it is', 8, '  ')).toEqual(['as it is']);
  expect(foldToWidth('  one two three', 9, '    ')).toEqual(['  one two', '    three']);
  expect(foldToWidth('id   0123456789', 11, '     ')).toEqual(['id   012345', '     6789']);
  expect(foldToWidth('日本語の 長い', 9, '  ')).toEqual(['日本語の', '  長い']);
  expect(foldToWidth('日本', 1, '    ')).toEqual(['日', '本']);
});

test('columns() aligns wide characters, and leaves spare columns out where it is narrow', () => {
  const rows = [
    ['日本', 'one', 'a long text at the end'],
    ['abcdef', 'two', 'x'],
  ];
  expect(columns(rows, { width: 80 })).toEqual([
    '日本    one  a long text at the end',
    'abcdef  two  x',
  ]);
  expect(columns(rows, { width: 24, spare: [1] })).toEqual([
    '日本    a long text at …',
    'abcdef  x',
  ]);
  expect(columns([], { width: 24 })).toEqual([]);
});
