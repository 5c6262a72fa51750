import { parseToolName } from '@org/core';
import { expect, test } from 'vitest';
import { steppedCounts } from '../src/stepped-counts.ts';

const tool = parseToolName('get');
const stepped = (results: number) =>
  steppedCounts(new Map([[tool, { schema: {}, results }]])).get(tool)?.results;

test('counts are lowered to 1, 2, 5, 10, 20, 50 and so on', () => {
  const counts = [1, 2, 3, 4, 5, 9, 10, 19, 20, 49, 50, 99, 100, 1_999, 2_000, 987_654];
  expect(counts.map(stepped)).toEqual([
    ...[1, 2, 2, 2, 5, 5, 10, 10, 20, 20, 50, 50, 100, 1_000, 2_000, 500_000],
  ]);
});
