import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerId } from '@org/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryObservedStore, type ObservedStore, observedTypeFiles } from '../../src/index.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'observed-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return path.join(made, 'deep', 'observed');
}

const [s, t] = ['s', '../t'] as ServerId[] as [ServerId, ServerId];

const stores: Record<string, () => Promise<ObservedStore>> = {
  memoryObservedStore: async () => memoryObservedStore(),
  observedTypeFiles: async () => observedTypeFiles(await folder(), 'scope'),
};

describe.each(Object.entries(stores))('%s', (_name, open) => {
  test('read() gives what update() made last, for this server only', async () => {
    const store = await open();
    expect(await store.read(s)).toBeUndefined();
    await store.update(s, (text) => `${text} 1`);
    await store.update(s, (text) => `${text} 2`);
    await store.update(t, () => 'other');
    expect(await store.read(s)).toBe('undefined 1 2');
    expect(await store.read(t)).toBe('other');
    expect(await store.read('__proto__' as ServerId)).toBeUndefined();
  });

  test('update() with undefined removes', async () => {
    const store = await open();
    await store.update(s, () => undefined);
    await store.update(s, () => 'text');
    await store.update(s, () => undefined);
    expect(await store.read(s)).toBeUndefined();
  });

  test('updates at the same time lose nothing', async () => {
    const store = await open();
    const words = Array.from({ length: 20 }, (_, index) => `w${index}\n`);
    await Promise.all(words.map((word) => store.update(s, (text = '') => text + word)));
    expect((await store.read(s))?.split('\n').sort()).toEqual(words.join('').split('\n').sort());
  });

  test('a change that throws changes nothing, and the next one is made', async () => {
    const store = await open();
    await store.update(s, () => 'kept');
    const thrown = store.update(s, () => {
      throw new Error('no');
    });
    await expect(thrown).rejects.toThrow('no');
    await store.update(s, (text) => `${text}!`);
    expect(await store.read(s)).toBe('kept!');
  });
});

describe('observedTypeFiles()', () => {
  test('32 processes at the same time lose nothing', async () => {
    const place = await folder();
    const writer = path.join(import.meta.dirname, 'store-writer.ts');
    const children = Array.from({ length: 32 }, (_, index) =>
      spawn(process.execPath, [writer, place, `p${index}-`, '4'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual(codes.map(() => 0));
    const wanted = children.flatMap((_, index) => [0, 1, 2, 3].map((time) => `p${index}-${time}`));
    const text = await observedTypeFiles(place, 'scope').read(s);
    expect(text?.trim().split('\n').sort()).toEqual(wanted.sort());
    expect(await readdir(place)).toHaveLength(1);
  });

  test('its files are the user’s alone, without leftovers, and scopes are kept apart', async () => {
    const place = await folder();
    await observedTypeFiles(place, 'one').update(s, () => 'text');
    expect(await observedTypeFiles(place, 'two').read(s)).toBeUndefined();
    const [name = '', ...others] = await readdir(place);
    expect(others).toEqual([]);
    expect((await stat(path.join(place, name))).mode & 0o777).toBe(0o600);
    expect((await stat(place)).mode & 0o777).toBe(0o700);
  });

  async function withLock(content: string, change: (lock: string) => Promise<void>) {
    const place = await folder();
    const store = observedTypeFiles(place, 'scope');
    await store.update(s, () => 'old');
    const [name = ''] = await readdir(place);
    const lock = path.join(place, `${name}.lock`);
    await writeFile(lock, content);
    await change(lock);
    return { place, store, lock };
  }

  test.each<[string, (pid: number) => string, number]>([
    ['has ended', (pid) => JSON.stringify({ pid, host: hostname(), id: 'x' }), 0],
    ['was on another machine, long ago', () => '{"pid":1,"host":"elsewhere","id":"x"}', 120],
    ['was killed before it wrote its name, long ago', () => '', 120],
  ])('the lock of a process that %s is taken over', async (_case, content, seconds) => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const { place, store } = await withLock(content(child.pid ?? 0), async (lock) => {
      const then = Date.now() / 1_000 - seconds;
      await utimes(lock, then, then);
    });
    const words = ['1', '2', '3', '4', '5'];
    await Promise.all(words.map((word) => store.update(s, (text) => text + word)));
    expect([...((await store.read(s)) ?? '')].sort()).toEqual([...'old', ...words].sort());
    expect(await readdir(place)).toHaveLength(1);
  });

  test('the lock of a process that runs is waited for', async () => {
    const holder = JSON.stringify({ pid: process.pid, host: hostname(), id: 'x' });
    const { store, lock } = await withLock(holder, async () => {});
    const order: string[] = [];
    const update = store.update(s, () => 'new').then(() => order.push('updated'));
    expect(await store.read(s)).toBe('old');
    // Several turns of a writer that looks again every 20 ms.
    for (let turn = 0; turn < 20; turn++) await stat(lock);
    order.push('freed');
    await rm(lock);
    await update;
    expect(order).toEqual(['freed', 'updated']);
    expect(await store.read(s)).toBe('new');
  });

  test('of more than 500 files, the ones that were written longest ago go', async () => {
    const place = await folder();
    const store = observedTypeFiles(place, 'scope');
    await store.update(s, () => 'text');
    const long = new Date('2020-01-01');
    for (let index = 0; index < 500; index++) {
      const file = path.join(place, `${String(index).padStart(40, '0')}.json`);
      await writeFile(file, '{}');
      await utimes(file, long, new Date(long.getTime() + index * 1_000));
    }
    await store.update(t, () => 'text');
    const left = await readdir(place);
    expect(left).toHaveLength(500);
    expect(left).not.toContain(`${'0'.repeat(40)}.json`);
    expect(await store.read(s)).toBe('text');
  });

  test('a file that is far too large is not read, and replaced', async () => {
    const place = await folder();
    const store = observedTypeFiles(place, 'scope');
    await store.update(s, () => 'text');
    const [name = ''] = await readdir(place);
    await writeFile(path.join(place, name), 'x'.repeat(5 * 1024 * 1024));
    expect(await store.read(s)).toBe('');
    await store.update(s, (text) => `${text}new`);
    expect(await readFile(path.join(place, name), 'utf8')).toBe('new');
  });

  test('a folder that cannot be made is an error', async () => {
    const place = await folder();
    await observedTypeFiles(place, 'scope').update(s, () => 'text');
    const [name = ''] = await readdir(place);
    const store = observedTypeFiles(path.join(place, name), 'scope');
    await expect(store.update(s, () => 'x')).rejects.toThrow();
  });
});
