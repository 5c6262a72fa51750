import { expect, test } from 'vitest';
import { isJsonObject } from '../src/index.ts';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [Object.create(null), true],
  [null, false],
  [[], false],
  ['', false],
  [0, false],
  [undefined, false],
])('isJsonObject(%j) is %s', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});
