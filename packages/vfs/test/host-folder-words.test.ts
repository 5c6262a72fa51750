import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath } from '@org/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HostFolder, openHostFolder } from '../src/host-folder.ts';
import { failure } from './failure.ts';

let data: string;
let folder: HostFolder;

beforeEach(async () => {
  data = await realpath(await mkdtemp(path.join(tmpdir(), 'words-')));
  folder = await openHostFolder(data);
});
afterEach(() => rm(data, { recursive: true }));

const at = (below: string) => parseVfsPath(`/mnt/data/${below}`);
const reading = async (below: string) => {
  const { code, message, hint } = await failure(folder.read(below, at(below)));
  return [code, message, hint];
};
const listing = async (below: string) => {
  const { code, message, hint } = await failure(folder.list(below, at(below)));
  return [code, message, hint];
};

test('what leads out, and what is no file or folder, is told for reading and for listing', async () => {
  await symlink('..', path.join(data, 'up'));
  execFileSync('mkfifo', [path.join(data, 'pipe')]);
  const out = 'it is a link that leads out of the mounted folder.';
  expect(await reading('up')).toEqual([
    ...['NOT_A_FILE', `Cannot read /mnt/data/up: ${out}`, undefined],
  ]);
  expect(await listing('up')).toEqual([
    ...['NOT_A_FILE', `Cannot list /mnt/data/up: ${out}`, undefined],
  ]);
  const neither = 'it is neither a file nor a folder.';
  expect((await reading('pipe'))[1]).toBe(`Cannot read /mnt/data/pipe: ${neither}`);
  expect((await listing('pipe'))[1]).toBe(`Cannot list /mnt/data/pipe: ${neither}`);
  expect(await folder.list('', parseVfsPath('/mnt/data'))).toEqual([]);
});

test('a folder that is read and a file that is listed are told apart', async () => {
  await mkdir(path.join(data, 'in'));
  await writeFile(path.join(data, 'a'), '');
  expect((await reading('in'))[0]).toBe('NOT_A_FILE');
  expect((await reading('in'))[1]).toContain('/mnt/data/in');
  expect(await listing('a')).toEqual([
    ...['FILE_NOT_FOUND', 'There is no folder /mnt/data/a: it is a file.'],
    'Use readFile to read it.',
  ]);
});

test('what is missing is told with what is like it', async () => {
  await mkdir(path.join(data, 'deep/notes'), { recursive: true });
  expect(await reading('dep')).toEqual([
    ...['FILE_NOT_FOUND', 'There is no file /mnt/data/dep. Did you mean "deep"?'],
    'listFiles("/mnt/data") shows what is there.',
  ]);
  expect(await listing('deep/note')).toEqual([
    ...['FILE_NOT_FOUND', 'There is no folder /mnt/data/deep/note. Did you mean "notes"?'],
    'listFiles("/mnt/data/deep") shows what is there.',
  ]);
  expect((await reading('gone/x'))[1]).toBe('There is no file /mnt/data/gone/x.');
  await rm(data, { recursive: true });
  expect((await failure(folder.list('', parseVfsPath('/mnt/data')))).message).toBe(
    'There is no folder /mnt/data.',
  );
  await mkdir(data);
});

test('another error of the system is told by its code', async () => {
  await symlink('self', path.join(data, 'self'));
  expect((await reading('self')).slice(0, 2)).toEqual([
    ...['FILE_NOT_FOUND', "Cannot open /mnt/data/self: the host's system refuses (ELOOP)."],
  ]);
});

test('by default a file may have 8 MiB', async () => {
  await writeFile(path.join(data, 'most'), Buffer.alloc(8 * 1024 * 1024, 0x61));
  expect(await folder.read('most', at('most'))).toHaveLength(8 * 1024 * 1024);
  await writeFile(path.join(data, 'more'), Buffer.alloc(8 * 1024 * 1024 + 1, 0x61));
  expect((await reading('more')).slice(0, 2)).toEqual([
    'QUOTA_EXCEEDED',
    'Cannot read /mnt/data/more: it has over 8388608 bytes, and a mounted file may have so many.',
  ]);
});

test('the root of the disk can be mounted', async () => {
  await writeFile(path.join(data, 'a'), 'text');
  const below = path.join(data, 'a').slice(1);
  const disk = await openHostFolder('/');
  expect(await disk.read(below, parseVfsPath(`/mnt/disk/${below}`))).toBe('text');
});

test('too many names, and a folder that is not there, are told', async () => {
  const small = await openHostFolder(data, { entries: 1 });
  for (const name of ['a', 'b']) await writeFile(path.join(data, name), '');
  await expect(small.list('', parseVfsPath('/mnt/data'))).rejects.toThrow(
    'Cannot list /mnt/data: it has over 1 entries.',
  );
  await expect(openHostFolder(`${data}/none`)).rejects.toThrow(
    `Cannot open the folder ${data}/none: ENOENT.`,
  );
});
