import { tmpdir } from 'node:os';
import { parseVfsPath } from '@org/core';
import { expect, test } from 'vitest';
import { openHostFolder } from '../src/host-folder.ts';
import { Mounts, mountPath } from '../src/mounts.ts';

test.each(['a', 'A', '0', '_', '-', 'a.b', 'Z-9_.', 'x'.repeat(64)])('%s names a mount', (name) => {
  expect(mountPath(name)).toBe(`/mnt/${name}`);
});

test.each(['', '.', '..', '.a', 'a/b', '/a', 'a b', 'ä', 'a\n', '\na', 'x'.repeat(65)])(
  '%j names none',
  (name) => {
    expect(() => mountPath(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
  },
);

test('at() finds the mount of a path and the way below it', async () => {
  const [one, two] = await Promise.all([openHostFolder(tmpdir()), openHostFolder(tmpdir())]);
  const mounts = new Mounts(
    new Map([
      ['one', one],
      ['two', two],
    ]),
  );
  expect(mounts.paths).toEqual(['/mnt/one', '/mnt/two']);
  const at = (path: string) => mounts.at(parseVfsPath(path));
  expect(at('/mnt/one')).toEqual({ folder: one, below: '' });
  expect(at('/mnt/one')?.folder).toBe(one);
  expect(at('/mnt/two/a/b.txt')?.folder).toBe(two);
  expect(at('/mnt/two/a/b.txt')?.below).toBe('a/b.txt');
  for (const none of ['/', '/mnt', '/mnt/three', '/mnt/on', '/mnt/ones/x', '/workspace/mnt/one']) {
    expect(at(none)).toBeUndefined();
  }
});
