import { expect, test } from 'vitest';
import { fuseRankings } from '../../src/search/fuse.ts';

test('what several rankings put high comes first', () => {
  expect(
    fuseRankings([
      [1, 2, 3],
      [3, 1, 4],
    ]),
  ).toEqual([1, 3, 2, 4]);
});

test('one ranking stays as it is, and none gives nothing', () => {
  expect(fuseRankings([[5, 4, 6]])).toEqual([5, 4, 6]);
  expect(fuseRankings([])).toEqual([]);
  expect(fuseRankings([[], [2]])).toEqual([2]);
});

test('an id that a ranking repeats counts once there', () => {
  expect(
    fuseRankings([
      [1, 2, 2, 2],
      [1, 3],
    ]),
  ).toEqual([1, 2, 3]);
  expect(fuseRankings([[7, 7]])).toEqual([7]);
});

test('of equals the first ranking decides', () => {
  expect(
    fuseRankings([
      [1, 2],
      [2, 1],
    ]),
  ).toEqual([1, 2]);
  expect(
    fuseRankings([
      [2, 1],
      [1, 2],
    ]),
  ).toEqual([2, 1]);
});
