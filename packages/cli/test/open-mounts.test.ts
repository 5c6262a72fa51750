import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath } from '@org/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountFlag } from '../src/mount-flag.ts';
import { openMounts } from '../src/mounts.ts';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'mounts-'));
  for (const name of ['data', 'a:b', 'not a name']) {
    await mkdir(path.join(scratch, name));
    await writeFile(path.join(scratch, name, 'x'), name);
  }
});
afterEach(() => rm(scratch, { recursive: true }));

const refused = (...texts: string[]) =>
  openMounts(texts).then(
    () => 'not refused',
    ({ code, message, hint }) => `${code}: ${message} ${hint}`,
  );

test('a folder is mounted under its own name, or under the one behind the last colon', async () => {
  expect(await openMounts()).toEqual(new Map());
  const mounts = await openMounts([
    `${scratch}/data`,
    `${scratch}/data/:again`,
    `${scratch}/a:b:c`,
    `${scratch}/not a name:named`,
  ]);
  expect([...mounts.keys()]).toEqual(['data', 'again', 'c', 'named']);
  const shown = parseVfsPath('/mnt/c/x');
  expect(await mounts.get('data')?.read('x', shown)).toBe('data');
  expect(await mounts.get('c')?.read('x', shown)).toBe('a:b');
  expect([...(await openMounts([path.relative('.', `${scratch}/data/.`)])).keys()]).toEqual([
    'data',
  ]);
});

test('what cannot be mounted is told as it was written', async () => {
  const data = `${scratch}/data`;
  expect(await refused(data, `${scratch}/data/:data`)).toBe(
    `USAGE: Cannot mount "${data}/:data": there is a folder /mnt/data already. ` +
      'Write it like --mount data, or --mount ./data/2026:data with a name for /mnt.',
  );
  expect(await refused(`${scratch}/not a name`)).toContain(
    'USAGE: Cannot mount "' +
      scratch +
      '/not a name": "not a name" cannot name a mounted folder. Use',
  );
  expect(await refused(`${data}:..`)).toContain('".." cannot name');
  expect(await refused(`${data}:`)).toContain('"" cannot name');
  expect(await refused(':name')).toContain('Cannot open the folder : ENOENT');
  expect(await refused(`${scratch}/none`)).toMatch(
    /^USAGE: Cannot mount ".*\/none": Cannot open the folder .*: ENOENT\. Write it/u,
  );
  expect(await refused(`${data}/x:x`)).toContain('is a file, not a folder.');
});

test('an error keeps what caused it', async () => {
  const error = await openMounts([`${scratch}/none`]).catch((thrown) => thrown);
  expect(error.cause).toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('--mount can be given several times, each with one folder', () => {
  expect(mountFlag).toMatchObject({ multiple: true, multipleNonGreedy: true });
});
