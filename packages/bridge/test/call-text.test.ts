import { expect, test } from 'vitest';
import { digestOf } from '../src/args-digest.ts';
import { createRedact } from '../src/redact.ts';
import { createCheck } from '../src/schema-check.ts';
import { parseParams } from '../src/tool-params.ts';
import { parseToolPattern } from '../src/tool-pattern.ts';

test('digestOf() is one for what means the same, and none for what is no JSON or too much', () => {
  const digest = digestOf('{"a": 1, "b": [2]}');
  expect(digest).toMatch(/^[0-9a-f]{64}$/u);
  expect(digestOf('{"b":[2],"a":1.0}')).toBe(digest);
  expect(digestOf('{"a":1,"b":[3]}')).not.toBe(digest);
  for (const none of ['{', '', '['.repeat(10_000)]) expect(digestOf(none)).toBeUndefined();
});

test.each([
  ['over the bytes', '{"a":"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"}', 'PARAMS_TOO_LARGE', /at least 68/u],
  ['too deep', `{"a":${'['.repeat(400)}${']'.repeat(400)}}`, 'INVALID_PARAMS', /deep/u],
  ['too many parts', `{"a":[${'{},'.repeat(1_000_000)}{}]}`, 'PARAMS_TOO_LARGE', /too many parts/u],
  ['no JSON', '{"a"', 'INVALID_PARAMS', /not JSON/u],
  ['no object', '[1]', 'INVALID_PARAMS', /not an array/u],
  ['null', 'null', 'INVALID_PARAMS', /not null/u],
  ['a number', '5', 'INVALID_PARAMS', /not a number/u],
])('parseParams() refuses parameters that are %s', (what, json, code, message) => {
  const most = what === 'over the bytes' ? 50 : 10_000_000;
  expect(() => parseParams(json, most)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('createRedact() also hides a secret that was stripped of its control characters', () => {
  const redact = createRedact(['top\u0007-secret-token', 'plain-secret-token']);
  expect(redact('top-secret-token and plain-secret-token')).toBe('[redacted] and [redacted]');
});

test.each([
  ['http://json-schema.org/draft-04/schema#', 5],
  ['http://json-schema.org/draft-07/schema#', 5],
  ['https://json-schema.org/draft/2019-09/schema', 5],
  ['https://json-schema.org/draft/2020-12/schema', 5],
])('createCheck() holds values against schemas of %s', ($schema, bad) => {
  const check = createCheck({ $schema, properties: { a: { type: 'string' } } }, 'it');
  expect(check({ a: 'x' })).toBeUndefined();
  expect(check({ a: bad })).toBeDefined();
});

test('parseToolPattern() refuses a method that there is not', () => {
  expect(() => parseToolPattern('files.@nothing', ['files'] as never)).toThrow(/behind/u);
});
