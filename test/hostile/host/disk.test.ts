import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inOwnMounts } from '../../own-mounts.ts';
import { diskEnds } from './attacks/disk.ts';
import { leftovers } from './attacks/leftovers.ts';
import { refusals } from './attacks/refusals.ts';
import { type Damage, damages, secret } from './damage.ts';
import { endOf } from './end-of.ts';
import { type Kept, kept } from './kept.ts';
import { hostNames } from './unchanged.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hostile-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

const keptOf = (name: string): Kept => kept[name as keyof typeof kept];

describe.each(Object.entries(diskEnds))('%s', (name, ends) => {
  const { keep, find } = keptOf(name);
  test.each(Object.entries(ends))('where %s: %s', async (damage, wanted) => {
    const file = await keep(folder);
    expect(await find(folder)).toBe('whole');
    const before = hostNames();
    await damages[damage as Damage](file);
    const { end, text } = await endOf(() => find(folder));
    expect(end).toBe(wanted);
    expect(text).not.toContain(secret);
    expect([hostNames(), 'polluted' in {}]).toEqual([before, false]);
    // What is put right is right.
    await rm(file, { recursive: true, force: true });
    await keep(folder);
    expect(await find(folder)).toBe('whole');
  });
});

describe.each(Object.entries(leftovers))(
  '%s, beside what a process left that was killed',
  (name, all) => {
    const { keep, find } = keptOf(name);
    test.each(Object.entries(all))('%s', async (_, leave) => {
      await leave(await keep(folder), spawnSync('true').pid);
      expect(await find(folder)).toBe('whole');
      await keep(folder);
      expect(await find(folder)).toBe('whole');
    });
  },
);

test('a disk that is full or cannot be written refuses, and takes nothing of what was kept', () => {
  const script = path.join(import.meta.dirname, 'refusing-disk.ts');
  const command = `mount -t tmpfs -o size=4m tmpfs ${folder} && exec ${process.execPath} ${script} ${folder}`;
  expect(JSON.parse(inOwnMounts(command))).toEqual(refusals);
});
