import type { JsonObject, JsonValue } from '@org/core';
import { expect, test } from 'vitest';
import { unwrap } from '../src/unwrap.ts';

const text = (value: string): JsonObject => ({ type: 'text', text: value });
const image: JsonObject = { type: 'image', data: 'AAAA', mimeType: 'image/png' };
const link: JsonObject = { type: 'resource_link', uri: 'file:///a', name: 'a' };

test.each<[string, JsonObject, boolean, JsonValue]>([
  ['an object', { structuredContent: { a: 1 }, content: [text('x')] }, false, { a: 1 }],
  ['null', { structuredContent: null, content: [text('x')] }, false, null],
  ['false', { structuredContent: false, content: [text('x')] }, true, false],
  ['0', { structuredContent: 0, content: [] }, true, 0],
  ['an empty text', { structuredContent: '', content: [] }, true, ''],
])('structured content of %s is the value', (_what, result, declared, value) => {
  expect(unwrap(result, declared)).toEqual({ kind: 'value', value });
});

test.each<[string, boolean, JsonValue]>([
  ['plain words', false, 'plain words'],
  ['{"a":1}', false, { a: 1 }],
  [' [1,2]\n', false, [1, 2]],
  ['42', false, '42'],
  ['42', true, 42],
  ['null', true, null],
  ['"quoted"', false, '"quoted"'],
  ['"quoted"', true, 'quoted'],
  ['{broken', false, '{broken'],
  ['[INFO] started', true, '[INFO] started'],
  ['', true, ''],
])('a single text %j with an output schema declared: %s', (words, declared, value) => {
  expect(unwrap({ content: [text(words)] }, declared)).toEqual({ kind: 'value', value });
});

test.each<[string, JsonValue[]]>([
  ['nothing', []],
  ['two texts', [text('a'), text('b')]],
  ['an image', [image]],
  ['text and image', [text('a'), image]],
  ['a link', [link]],
  ['a block of an unknown type', [{ type: 'hologram', text: 'x' }]],
  ['a text block without text', [{ type: 'text' }]],
])('content of %s is passed on as it came', (_what, content) => {
  expect(unwrap({ content }, false)).toEqual({ kind: 'value', value: content });
});

test('a result without content is an empty list', () => {
  expect(unwrap({}, false)).toEqual({ kind: 'value', value: [] });
  expect(unwrap({ content: 'x' }, false)).toEqual({ kind: 'value', value: [] });
});

test('isError is a failure with all texts, whatever else there is', () => {
  const content = [text('a'), image, text('b')];
  const result = { isError: true, content, structuredContent: { fine: true } };
  expect(unwrap(result, true)).toEqual({ kind: 'failure', text: 'a\nb' });
  expect(unwrap({ isError: true }, false)).toEqual({ kind: 'failure', text: '' });
  expect(unwrap({ isError: false, content: [text('a')] }, false)).toMatchObject({ value: 'a' });
});

test('structured content has to be an own key', () => {
  const result = Object.create({ structuredContent: 1 }) as JsonObject;
  expect(unwrap(result, false)).toEqual({ kind: 'value', value: [] });
});

test('a text with too many or too deep parts is not passed on as a value', () => {
  for (const words of [`[${'{},'.repeat(1_000_000)}{}]`, `${'['.repeat(300)}${']'.repeat(300)}`]) {
    expect(unwrap({ content: [text(words)] }, false)).toEqual({ kind: 'tooLarge' });
  }
});
