import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath } from '@org/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inOwnMounts } from '../../../test/own-mounts.ts';
import { createFileSystem, openHostFolder } from '../src/index.ts';
import { failure } from './failure.ts';

let scratch: string;
let data: string;

beforeEach(async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'mount-')));
  data = path.join(scratch, 'data');
  await mkdir(path.join(data, 'in/deep'), { recursive: true });
  await mkdir(path.join(scratch, 'data-2'));
  await writeFile(path.join(scratch, 'data-2/secret'), 'secret');
  await writeFile(path.join(scratch, 'secret'), 'secret');
  await writeFile(path.join(data, 'a.txt'), 'grüße\n');
  await writeFile(path.join(data, 'in/deep/b.csv'), '1,2');
});
afterEach(() => rm(scratch, { recursive: true }));

const at = (text: string) => parseVfsPath(text);

async function mounted(limits = {}) {
  return createFileSystem({ mounts: new Map([['data', await openHostFolder(data, limits)]]) });
}

/** The error of a read; it must not tell where the folder is on the host. */
async function refusal(action: Promise<unknown>) {
  const error = await failure(action);
  expect(`${error.message}${error.hint}`).not.toContain(scratch);
  return error;
}

describe('a mounted folder', () => {
  test('is under /mnt, to read and to list', async () => {
    const fs = await mounted();
    expect(await fs.listFiles(at('/'))).toEqual(['mcp-tools/', 'mnt/', 'workspace/']);
    expect(await fs.listFiles(at('/mnt'))).toEqual(['data/']);
    expect(await fs.listFiles(at('/mnt/data'))).toEqual(['a.txt', 'in/']);
    expect(await fs.readFile(at('/mnt/data/a.txt'))).toBe('grüße\n');
    expect(await fs.listFiles(at('/mnt/**/*.csv'))).toEqual(['/mnt/data/in/deep/b.csv']);
    for (const name of ['/mnt/data/new', '/mnt/data/a.txt', '/mnt/x']) {
      const error = await refusal(fs.writeFile(at(name), ''));
      expect([error.code, error.message]).toEqual([
        'READ_ONLY',
        `Cannot write ${name}: /mnt is read-only.`,
      ]);
    }
  });

  test('is read when it is asked for, not before', async () => {
    const fs = await mounted();
    await writeFile(path.join(data, 'a.txt'), 'later');
    expect(await fs.readFile(at('/mnt/data/a.txt'))).toBe('later');
  });

  test('tells what is not there', async () => {
    const fs = await mounted();
    const missing = await refusal(fs.readFile(at('/mnt/data/in/dep/b.csv')));
    expect([missing.code, missing.message]).toEqual([
      'FILE_NOT_FOUND',
      'There is no file /mnt/data/in/dep/b.csv.',
    ]);
    const misspelt = await refusal(fs.readFile(at('/mnt/data/in/deep/c.csv')));
    expect(misspelt.message).toContain('Did you mean "b.csv"?');
    expect((await refusal(fs.readFile(at('/mnt/dato/a.txt')))).message).toContain('"data"');
    expect((await refusal(fs.readFile(at('/mnt/data/in')))).code).toBe('NOT_A_FILE');
    expect((await refusal(fs.listFiles(at('/mnt/data/a.txt')))).code).toBe('FILE_NOT_FOUND');
    expect((await refusal(fs.readFile(at('/mnt/data/a.txt/b')))).code).toBe('FILE_NOT_FOUND');
  });

  test('gives text alone, without a byte order mark', async () => {
    const fs = await mounted();
    await writeFile(path.join(data, 'marked'), '\ufeffx\0y');
    expect(await fs.readFile(at('/mnt/data/marked'))).toBe('x\0y');
    await writeFile(path.join(data, 'image'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
    expect((await refusal(fs.readFile(at('/mnt/data/image')))).code).toBe('NOT_TEXT');
  });

  test('has bounds for one file and one folder', async () => {
    const fs = await mounted({ fileBytes: 10, entries: 3 });
    await writeFile(path.join(data, 'ten'), '0123456789');
    await writeFile(path.join(data, 'in/eleven'), '0123456789a');
    expect(await fs.readFile(at('/mnt/data/ten'))).toBe('0123456789');
    expect((await refusal(fs.readFile(at('/mnt/data/in/eleven')))).code).toBe('QUOTA_EXCEEDED');
    expect(await fs.listFiles(at('/mnt/data'))).toHaveLength(3);
    await writeFile(path.join(data, 'one-more'), '');
    expect((await refusal(fs.listFiles(at('/mnt/data')))).code).toBe('QUOTA_EXCEEDED');
  });

  test('leaves out names that no virtual path has', async () => {
    for (const name of ['back\\slash', 'line\nbreak', 'e\u0301', '%2e%2e', 'c:x', '\u202egpj']) {
      await writeFile(path.join(data, 'in', name), '');
    }
    expect(await (await mounted()).listFiles(at('/mnt/data/in'))).toEqual(['c:x', 'deep/']);
  });
});

describe('links of a mounted folder', () => {
  const link = (target: string, name: string) => symlink(target, path.join(data, name));

  test('are followed within it', async () => {
    await link('in/deep/b.csv', 'near');
    await link(path.join(data, 'in'), 'folder');
    await link('../data/in/deep', 'around');
    const fs = await mounted();
    expect(await fs.readFile(at('/mnt/data/near'))).toBe('1,2');
    expect(await fs.listFiles(at('/mnt/data/folder/deep'))).toEqual(['b.csv']);
    expect(await fs.readFile(at('/mnt/data/around/b.csv'))).toBe('1,2');
    expect(await fs.listFiles(at('/mnt/data'))).toEqual([
      'a.txt',
      'around/',
      'folder/',
      'in/',
      'near',
    ]);
  });

  test('are not followed out of it', async () => {
    await link('../secret', 'file');
    await link('..', 'up');
    await link('../data-2', 'sibling');
    await link('/proc/self/environ', 'environ');
    await link('/dev/zero', 'zero');
    await link('up/secret', 'twice');
    await link('gone', 'dangling');
    await link('self', 'self');
    const fs = await mounted();
    const names = ['file', 'up/secret', 'sibling/secret', 'environ', 'zero', 'twice'];
    for (const name of names) {
      const error = await refusal(fs.readFile(at(`/mnt/data/${name}`)));
      expect([name, error.code]).toEqual([name, 'NOT_A_FILE']);
      expect(error.message).toContain('leads out');
    }
    for (const name of ['dangling', 'self']) {
      expect((await refusal(fs.readFile(at(`/mnt/data/${name}`)))).code).toBe('FILE_NOT_FOUND');
    }
    for (const name of ['up', 'sibling']) {
      expect((await refusal(fs.listFiles(at(`/mnt/data/${name}`)))).message).toContain('leads out');
    }
    expect(await fs.listFiles(at('/mnt/data'))).toEqual(['a.txt', 'in/']);
    expect(await fs.listFiles(at('/mnt/**'))).toEqual([
      '/mnt/data/a.txt',
      '/mnt/data/in/deep/b.csv',
    ]);
  });

  test('a pipe is not waited for, and a socket or device is no file', async () => {
    execFileSync('mkfifo', [path.join(data, 'pipe')]);
    const fs = await mounted();
    expect((await refusal(fs.readFile(at('/mnt/data/pipe')))).code).toBe('NOT_A_FILE');
    expect(await fs.listFiles(at('/mnt/data'))).not.toContain('pipe');
  });

  // Another process makes folder "in" a link out of the mount and back, while this one reads.
  test('one that appears between the look and the opening gives nothing away', async () => {
    await mkdir(path.join(scratch, 'data-2/deep'));
    await writeFile(path.join(scratch, 'data-2/deep/b.csv'), 'secret');
    const swap = `const fs = require('node:fs'); process.chdir(${JSON.stringify(data)});
      fs.symlinkSync('../data-2', 'out');
      process.stdout.write('begun');
      for (;;) {
        fs.renameSync('in', '../kept'); fs.renameSync('out', 'in');
        fs.renameSync('in', 'out'); fs.renameSync('../kept', 'in');
      }`;
    const swapper = spawn(process.execPath, ['-e', swap], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => swapper.stdout.once('data', resolve));
      const fs = await mounted();
      const seen = new Map<string, number>();
      const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
      const all = ['1,2', 'NOT_A_FILE', 'FILE_NOT_FOUND', 'deep/', 'not listed'];
      while (!all.every((what) => (seen.get(what) ?? 0) >= 250)) {
        const reads = Array.from({ length: 50 }, () =>
          fs.readFile(at('/mnt/data/in/deep/b.csv')).catch(({ code }) => code),
        );
        for (const read of await Promise.all(reads)) count(read);
        const lists = Array.from({ length: 50 }, () =>
          fs.listFiles(at('/mnt/data/in')).then(String, () => 'not listed'),
        );
        for (const names of await Promise.all(lists)) count(names);
        expect([...seen.keys()].join()).not.toContain('secret');
      }
    } finally {
      swapper.kill('SIGKILL');
      await new Promise((resolve) => swapper.once('close', resolve));
    }
  });
});

test('where the system does not tell where an open file lies, no link leads out either', async () => {
  await symlink('a.txt', path.join(data, 'link'));
  await symlink('../secret', path.join(data, 'out'));
  const script = path.join(import.meta.dirname, 'without-proc.ts');
  // A Linux without /proc, in a namespace of its own.
  const command = `mount -t tmpfs tmpfs /proc && exec ${process.execPath} ${script} ${data}`;
  const told = inOwnMounts(command);
  expect(JSON.parse(told)).toEqual({
    proc: false,
    names: ['a.txt', 'in/', 'link'],
    read: 'grüße\n',
    link: 'grüße\n',
    out: 'NOT_A_FILE',
    outside: 'NOT_A_FILE',
  });
});

describe('openHostFolder()', () => {
  test('takes a folder that is there, also through a link', async () => {
    await symlink(data, path.join(scratch, 'link'));
    const folder = await openHostFolder(path.join(scratch, 'link'));
    expect(await folder.read('a.txt', at('/mnt/x/a.txt'))).toBe('grüße\n');
    const missing = openHostFolder(path.join(scratch, 'none')).catch(({ code }) => code);
    expect(await missing).toBe('FILE_NOT_FOUND');
    expect((await failure(openHostFolder(path.join(data, 'a.txt')))).code).toBe('NOT_A_FILE');
  });

  test('keeps to the folder that it opened when that is moved away', async () => {
    const fs = await mounted();
    await rename(data, path.join(scratch, 'moved'));
    await symlink(path.join(scratch, 'data-2'), data);
    expect((await refusal(fs.readFile(at('/mnt/data/secret')))).code).toBe('NOT_A_FILE');
  });

  test('mounts have plain names', async () => {
    const folder = await openHostFolder(data);
    for (const name of ['', '..', '.git', 'a/b', 'a b', '-'.repeat(65)]) {
      const action = () => createFileSystem({ mounts: new Map([[name, folder]]) });
      expect((await failure(action)).code).toBe('INVALID_NAME');
    }
  });
});
