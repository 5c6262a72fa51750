import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskCache } from '../src/disk-cache.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'disk-cache-'));
  folder = path.join(root, 'deep', 'programs');
});
afterEach(() => rm(root, { recursive: true }));

const key = (name: string, first = 'a') =>
  first + createHash('sha256').update(name).digest('hex').slice(1);
const one = key('one');
const bytes = Buffer.from('some bytes');

async function written(cache = new DiskCache(folder)): Promise<DiskCache> {
  cache.write(one, bytes);
  await cache.settled();
  return cache;
}
const file = () => path.join(folder, 'a', `${one}.wasm`);

describe('DiskCache', () => {
  test('gives back what any process of the user has written', async () => {
    expect(await new DiskCache(folder).read(one)).toBeUndefined();
    const cache = await written();
    expect(await cache.read(one)).toEqual(bytes);
    expect(await new DiskCache(folder).read(one)).toEqual(bytes);
    cache.write(one, Buffer.from('others'));
    await cache.settled();
    expect(String(await new DiskCache(folder).read(one))).toBe('others');
    expect(await readdir(path.dirname(file()))).toEqual([`${one}.wasm`]);
  });

  test('lets only its user in', async () => {
    const before = process.umask(0);
    try {
      await written();
    } finally {
      process.umask(before);
    }
    const mode = async (name: string) => (await stat(name)).mode & 0o777;
    expect(await mode(file())).toBe(0o600);
    expect(await mode(path.dirname(file()))).toBe(0o700);
    expect(await mode(folder)).toBe(0o700);
  });

  test.each([0o770, 0o702])('does not use a folder of mode %o', async (mode) => {
    await written();
    await chmod(folder, mode);
    const cache = new DiskCache(folder);
    expect(await cache.read(one)).toBeUndefined();
    const two = key('two');
    cache.write(two, bytes);
    await cache.settled();
    expect(await readdir(path.dirname(file()))).toEqual([`${one}.wasm`]);
  });

  test('does not follow links out of its folder', async () => {
    const outside = path.join(root, 'outside.wasm');
    await writeFile(outside, 'outside');
    await mkdir(path.dirname(file()), { recursive: true, mode: 0o700 });
    await symlink(outside, file());
    const cache = new DiskCache(folder);
    expect(await cache.read(one)).toBeUndefined();
    await written(cache);
    expect(await cache.read(one)).toEqual(bytes);
    expect(await readFile(outside, 'utf8')).toBe('outside');

    await rename(path.dirname(file()), path.join(root, 'elsewhere'));
    await symlink(path.join(root, 'elsewhere'), path.dirname(file()));
    const other = new DiskCache(folder);
    expect(await other.read(one)).toBeUndefined();
    other.write(key('two'), bytes);
    await other.settled();
    expect(await readdir(path.join(root, 'elsewhere'))).toEqual([`${one}.wasm`]);
  });

  test('may itself be reached by a link', async () => {
    await mkdir(path.join(root, 'real'), { mode: 0o700 });
    await symlink(path.join(root, 'real'), path.join(root, 'link'));
    const cache = await written(new DiskCache(path.join(root, 'link')));
    expect(await cache.read(one)).toEqual(bytes);
  });

  test('what is no file is not there', async () => {
    await mkdir(file(), { recursive: true, mode: 0o700 });
    const cache = new DiskCache(folder);
    expect(await cache.read(one)).toBeUndefined();
    await rm(file(), { recursive: true });
    execFileSync('mkfifo', [file()]);
    expect(await cache.read(one)).toBeUndefined();
    await written(cache);
    expect(await cache.read(one)).toEqual(bytes);
  });

  test.each(['/dev/null/cache', '/sys/no-such-folder/cache'])(
    'keeps nothing where it cannot write, and says nothing: %s',
    async (nowhere) => {
      const cache = await written(new DiskCache(nowhere));
      expect(await cache.read(one)).toBeUndefined();
    },
  );

  test('keeps nothing when a write fails, and leaves nothing behind', async () => {
    await mkdir(path.join(file(), 'in the way'), { recursive: true, mode: 0o700 });
    await written();
    expect(await readdir(path.dirname(file()))).toEqual([`${one}.wasm`]);
  });

  test('is bounded, and lets go of what was used longest ago', async () => {
    const maxBytes = 16 * 100_000;
    const cache = new DiskCache(folder, { maxBytes });
    const names = Array.from({ length: 10 }, (_, index) => key(`entry ${index}`));
    const old = new Date(Date.now() - 1e6);
    for (const [index, name] of names.entries()) {
      cache.write(name, Buffer.alloc(10_000, index));
      await cache.settled();
      const at = new Date(old.getTime() + index * 1000);
      await utimes(path.join(folder, 'a', `${name}.wasm`), at, at);
    }
    expect(await cache.read(names[0] as string)).toHaveLength(10_000);
    cache.write(key('one more'), Buffer.alloc(10_000));
    await cache.settled();
    const kept = await Promise.all(names.map(async (name) => (await cache.read(name))?.length));
    const gone = undefined;
    expect(kept).toEqual([10_000, gone, gone, gone, gone, 10_000, 10_000, 10_000, 10_000, 10_000]);
    // Another part of the folder has its own room.
    cache.write(key('other', 'b'), Buffer.alloc(10_000));
    cache.write(key('too large'), Buffer.alloc(50_001));
    await cache.settled();
    expect(await readdir(path.join(folder, 'a'))).toHaveLength(7);
    expect(await readdir(path.join(folder, 'b'))).toHaveLength(1);
  });

  test('lets go of what writers that were killed have left', async () => {
    const cache = await written(new DiskCache(folder, { maxBytes: 16 * 20_000 }));
    const left = path.join(path.dirname(file()), `${one}.0123456789abcdef.tmp`);
    await writeFile(left, Buffer.alloc(30_000));
    await utimes(left, 0, 0);
    await written(cache);
    expect(await readdir(path.dirname(file()))).toEqual([`${one}.wasm`]);
  });
});

const writer = path.join(import.meta.dirname, 'fixtures/cache-writer.ts');
const start = (rounds: number, seed: string) =>
  spawn(process.execPath, [writer, folder, String(rounds), seed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

describe('processes that share a folder', () => {
  test('32 writers at a time, 8 in each of 4 processes, and nobody reads a mix', async () => {
    const processes = ['a', 'b', 'c', 'd'].map((seed) => start(12, seed));
    const results = await Promise.all(
      processes.map(async (child) => {
        let output = '';
        child.stdout.on('data', (text) => {
          output += text;
        });
        await once(child, 'close');
        return [child.exitCode, output];
      }),
    );
    expect(results).toEqual(processes.map(() => [0, 'read true\n']));
  });

  test('one that is killed at any point leaves whole entries', async () => {
    for (let kill = 0; kill < 6; kill++) {
      const child = start(1e6, `${kill}`);
      const shards = () => readdir(folder, { recursive: true }).catch(() => []);
      const before = (await shards()).length;
      await expect
        .poll(async () => (await shards()).length, { interval: 1, timeout: 30_000 })
        .toBeGreaterThan(before);
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const name of await shards()) {
        if (!name.endsWith('.wasm')) continue;
        const found = await readFile(path.join(folder, name));
        const sum = createHash('sha256').update(found.subarray(32)).digest();
        expect(sum.equals(found.subarray(0, 32)), name).toBe(true);
      }
    }
  });
});
