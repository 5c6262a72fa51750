import { mkdir, readdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { changedFiles, digestOf } from '../src/checksum.ts';
import { skillPins } from '../src/pins.ts';
import { readFolder } from '../src/read-folder.ts';
import { test } from './folder.ts';

const folder = '/skills/shared';
const checksum = `${'a'.repeat(64)}  SKILL.md\n`;
const digest = digestOf(Buffer.from(checksum));

/** Where the pins of `folder` are. */
async function placeIn(pins: string): Promise<string> {
  const [name = ''] = await readdir(pins);
  return path.join(pins, name);
}

describe('skillPins()', () => {
  test('nothing is trusted before it is added, and nothing but what was added', async ({
    place: { pins },
  }) => {
    const kept = skillPins(pins);
    expect(await kept.versions(folder)).toEqual([]);
    expect(await kept.has(folder, digest)).toBe(false);
    await kept.add(folder, checksum);
    expect(await kept.versions(folder)).toEqual([checksum]);
    expect(await kept.has(folder, digest)).toBe(true);
    expect(await kept.has('/skills/other', digest)).toBe(false);
    expect(
      await kept.has(
        folder,
        digest.replace(/^./u, (one) => (one === '0' ? '1' : '0')),
      ),
    ).toBe(false);
  });

  test('a version that was there before and is not the one goes away, a new one stays', async ({
    place: { pins },
  }) => {
    const kept = skillPins(pins);
    for (const text of ['old', 'new', checksum]) await kept.add(folder, text);
    const old = path.join(await placeIn(pins), `${digestOf(Buffer.from('old'))}.b3`);
    await utimes(old, 0, 0);
    await kept.keepOnly(folder, digest);
    expect((await kept.versions(folder)).toSorted()).toEqual([checksum, 'new'].toSorted());
  });

  test('a version that cannot be kept is an error, and leaves nothing', async ({
    place: { pins },
  }) => {
    const kept = skillPins(pins);
    await kept.add(folder, 'other');
    const place = await placeIn(pins);
    await mkdir(path.join(place, `${digest}.b3`));
    await expect(kept.add(folder, checksum)).rejects.toThrow('EISDIR');
    expect((await readdir(place)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // What is there is no version that anyone agreed to.
    expect(await kept.versions(folder)).toEqual(['other']);
    const circle = `${'1'.repeat(64)}.b3`;
    await symlink(circle, path.join(place, circle));
    await expect(kept.versions(folder)).rejects.toThrow('ELOOP');
  });

  test('a version that is too large to be one, or is gone, is none', async ({
    place: { pins },
  }) => {
    const kept = skillPins(pins);
    await kept.add(folder, checksum);
    const place = await placeIn(pins);
    await symlink('gone', path.join(place, `${'0'.repeat(64)}.b3`));
    expect(await kept.versions(folder)).toEqual([checksum]);
    await truncate(path.join(place, `${digest}.b3`), 1_000_000);
    expect(await kept.versions(folder)).toEqual([]);
  });

  test('a folder that cannot be read is an error, not an empty one', async ({
    place: { pins },
  }) => {
    const kept = skillPins(pins);
    await kept.add(folder, checksum);
    const place = await placeIn(pins);
    await kept.forget(folder);
    await symlink(place, place);
    await expect(kept.has(folder, digest)).rejects.toThrow('ELOOP');
  });
});

describe('changedFiles()', () => {
  test('names files with other digests, new ones and those that are gone', () => {
    const line = (name: string, digit: string) => `${digit.repeat(64)}  ${name}\n`;
    const before = line('REFERENCE.md', 'a') + line('SKILL.md', 'b') + line('vfs.json', 'c');
    const after = line('SKILL.md', 'd') + line('module.wasm', 'e') + line('vfs.json', 'c');
    expect(changedFiles(before, after)).toEqual(['REFERENCE.md', 'SKILL.md', 'module.wasm']);
    expect(changedFiles(before, 'no checksum at all')).toEqual([
      ...['REFERENCE.md', 'SKILL.md', 'vfs.json'],
    ]);
  });
});

test('readFolder() refuses a file over its bytes before it reads it', async ({
  place: { root },
}) => {
  const file = path.join(root, 'SKILL.md');
  await writeFile(file, '');
  await truncate(file, 1024 * 1024 + 1);
  await expect(readFolder('shared', root)).rejects.toMatchObject({
    code: 'SKILL_DAMAGED',
    message: expect.stringContaining('SKILL.md has over 1048576 bytes'),
  });
});
