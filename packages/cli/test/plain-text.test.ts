import { plainText } from '@org/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText, plainLine } from '../src/plain-text.ts';

test.each<[what: string, text: string, plain: string]>([
  ['colours', 'a \u001B[1;31mred\u001B[0m b', 'a red b'],
  ['the one-character form of them', 'a \u009B31mred\u009B0m b', 'a red b'],
  ['cursor movement and erasing', '\u001B[2J\u001B[H\u001B[1Adone\u001B[K', 'done'],
  ['window titles', '\u001B]0;owned\u0007title\u001B]2;x\u001B\\ \u009D0;y\u009Cend', 'title end'],
  ['links', '\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007', 'click'],
  ['a sequence without an end', 'a\u001B]0;rest of the line\nnext', 'a\nnext'],
  ['a lone escape', 'a\u001B', 'a'],
  ['bells, backspaces and NUL', 'a\u0007\b\u0000b\u007F', 'ab'],
  ['bidirectional controls', 'a\u202Eb\u2066c\u200F', 'abc'],
  ['what cannot be seen', 'a\u200Bb\uFEFFc\u{E0041}d\uE000', 'abcd'],
  ['line separators', 'a\u2028b\u2029c', 'abc'],
  ['lone surrogates', 'a\uD800b', 'a\uFFFDb'],
  ['carriage returns', 'a\r\nb\rc', 'a\nb\nc'],
  [
    'nothing from ordinary text',
    'tab\t, ümläut, 漢字, 😀 and [31m',
    'tab\t, ümläut, 漢字, 😀 and [31m',
  ],
])('plainText() takes %s', (_what, text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test('plainLine() makes one line', () => {
  expect(plainLine(' a\r\n\tb\n\u001B[2J\nError: c ')).toBe('a b Error: c');
});

const pieces = fc.constantFrom(
  ...['\u001B', '\u009B', '\u009D', '[', ']', '0', ';', 'm', '\u0007', '\\', '\n', '\r', 'a'],
  ...['\u202E', '\u2028', '\uD83D', '\uDE00', '\u200D', '"', '\u0000', '\u007F'],
);
const hostile = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));

test('plainText() leaves nothing that acts, whatever it is put together from', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(plainText(text)).toMatch(/^(?:\P{C}|[\t\n])*$/u);
      expect(plainLine(text)).not.toMatch(/[\n\r]/u);
    }),
  );
});

test('plainText() takes time in proportion to the text', () => {
  for (const unit of ['\u001B', '\u001B[', '\u001B[0;', '\u001B]', '\u001B]a', '\u009B ', ';a']) {
    const text = unit.repeat(500_000);
    expect(plainText(`\u001B]${text}`).length).toBeLessThanOrEqual(text.length);
    expect(plainText(`\u001B[${text}`).length).toBeLessThanOrEqual(text.length);
  }
});

test('jsonText() stands for the same value and does not act', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(hostile, hostile)), (value) => {
      const text = jsonText(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2028]/u);
    }),
  );
});
