import { parseVfsPath } from '@org/core';
import { expect, test } from 'vitest';
import { foldersOf, isBelow, isWithin } from '../src/paths.ts';

const folder = parseVfsPath('/workspace/a');

test.each([
  ['/workspace/a', true, false],
  ['/workspace/a/b', true, true],
  ['/workspace/a/b/c', true, true],
  ['/workspace/ab', false, false],
  ['/workspace', false, false],
  ['/mnt/workspace/a/b', false, false],
])('%s is within the folder: %s, below it: %s', (path, within, below) => {
  expect(isWithin(path, folder)).toBe(within);
  expect(isBelow(path, folder)).toBe(below);
});

test.each([
  ['/', []],
  ['/a', []],
  ['/a/b', ['/a']],
  ['/a/b/c', ['/a', '/a/b']],
])('foldersOf() of %s', (path, folders) => {
  expect(foldersOf(path)).toEqual(folders);
});
