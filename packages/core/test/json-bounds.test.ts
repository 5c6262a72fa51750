import { expect, test } from 'vitest';
import { exceededBound } from '../src/json-bounds.ts';

test.each([
  ['[[1]]', 2, 9, undefined],
  ['[[[1]]]', 2, 9, 'depth'],
  ['[{},{},{}]', 2, 4, undefined],
  ['[{},{},{}]', 2, 3, 'containers'],
  [JSON.stringify('[[[[{{{{'), 1, 1, undefined],
  [JSON.stringify(['\\"[[', '\\\\', '"[[[']), 1, 1, undefined],
  ['["\\\\",[[]]]', 2, 9, 'depth'],
  ['"never closed [[[[', 1, 1, undefined],
  ['', 0, 0, undefined],
])('%j within depth %d and %d containers: %s', (text, depth, containers, expected) => {
  expect(exceededBound(text, { depth, containers })).toBe(expected);
});

test('a text of backslashes and quotes takes linear time', () => {
  const text = `"${'\\'.repeat(2_000_000)}${'\\"'.repeat(1_000_000)}`;
  const start = performance.now();
  exceededBound(text, { depth: 1, containers: 1 });
  expect(performance.now() - start).toBeLessThan(1_000);
});
