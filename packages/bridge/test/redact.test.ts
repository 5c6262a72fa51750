import { homedir } from 'node:os';
import { plainText } from '@org/core';
import { expect, test } from 'vitest';
import { capText, createRedact } from '../src/redact.ts';

test('each secret of 6 characters and more is hidden, the longest first', () => {
  const redact = createRedact(['abcdef', 'abcdefgh', 'short', 'x.*y$z']);
  expect(redact('abcdefgh abcdef short x.*y$z')).toBe('[redacted] [redacted] short [redacted]');
});

test('the token of a header is hidden without its scheme too', () => {
  expect(createRedact(['Bearer tok-123'])('got tok-123')).toBe('got [redacted]');
});

test('a secret cannot hide behind control characters', () => {
  expect(createRedact(['secret-1'])('sec\u200Bret-\u001B[31m1')).toBe('[redacted]');
});

test('the home folder is shown as ~', () => {
  expect(createRedact([])(`at ${homedir()}/x`)).toBe('at ~/x');
});

test.each([
  ['\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]0;title\u0007text', 'text'],
  ['\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\', 'link'],
  ['a\u0000b\u0007c\u009B31md', 'abcd'],
  ['left\u202Eright\u2066\u{E0041}', 'leftright'],
  ['one\r\ntwo\rthree\tfour', 'one\ntwo\nthree\tfour'],
  ['lone \uD800 surrogate', 'lone \uFFFD surrogate'],
])('plainText(%j)', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test('plainText() takes linear time', () => {
  const start = performance.now();
  for (const part of ['\u001B[', '\u001B]', '\u001B[1;', '\u009B', '1;'])
    plainText(part.repeat(200_000));
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('capText() says how much was left out', () => {
  expect(capText('abcdef', 6)).toBe('abcdef');
  expect(capText('abcdefg', 6)).toBe('abcdef… (1 more characters)');
});
