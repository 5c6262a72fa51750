import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replaceFile } from '../src/replace-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'replace-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

describe('replaceFile()', () => {
  test('shows a reader the old file or a new one, whole, however many write', async () => {
    const whole = (byte: number) => Buffer.alloc(2_000_000 + byte, byte);
    await replaceFile(at('x'), whole(1));
    let writing = true;
    const writers = Promise.all(
      Array.from({ length: 16 }, (_, index) => replaceFile(at('x'), whole(index + 2))),
    ).finally(() => {
      writing = false;
    });
    do {
      const found = await readFile(at('x'));
      expect(found.equals(whole(found[0] as number))).toBe(true);
    } while (writing);
    await writers;
    expect(await readdir(folder)).toEqual(['x']);
  });

  test('follows a link to what it stands for', async () => {
    await writeFile(at('real'), 'old');
    await symlink(at('real'), at('link'));
    await replaceFile(at('link'), Buffer.from('new'));
    expect(await readFile(at('real'), 'utf8')).toBe('new');
    expect((await readdir(folder)).sort()).toEqual(['link', 'real']);
  });

  test('leaves nothing behind where it fails, and does not name its temporary file', async () => {
    for (const target of [folder, at('no/where')]) {
      const error = await replaceFile(target, Buffer.from('x')).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'USAGE' });
      expect(error.message).toContain(`Cannot write ${target}: `);
      expect(error.message).not.toContain('.tmp');
    }
    expect(await readdir(folder)).toEqual([]);
    expect(
      (await readdir(path.dirname(folder))).filter((name) =>
        name.startsWith(path.basename(folder)),
      ),
    ).toEqual([path.basename(folder)]);
  });
});
