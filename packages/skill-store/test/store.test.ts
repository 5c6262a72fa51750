import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { parseSkillId, SandboxError } from '@org/core';
import { describe, expect } from 'vitest';
import { inOwnMounts } from '../../../test/own-mounts.ts';
import { type CheckedSkill, createSkillStore, findSkillFolders } from '../src/index.ts';
import { id, test } from './folder.ts';
import { versionIn, versionOf } from './version-of.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof SandboxError) return error.code;
    throw error;
  }
}

describe('save()', () => {
  test('writes the format, for the user alone', async ({ place: { skills, store } }) => {
    const { folder } = await store.save(id, versionOf(id, 'one'));
    expect(folder).toBe(path.join(skills, 'shared'));
    const names = (await readdir(folder)).sort();
    expect(names).toEqual(
      [
        'REFERENCE.md',
        'SKILL.md',
        'checksum.blake3',
        'metadata.json',
        'module.wasm',
        'vfs.json',
      ].sort(),
    );
    expect((await lstat(folder)).mode & 0o777).toBe(0o700);
    for (const name of names) {
      expect((await lstat(path.join(folder, name))).mode & 0o777, name).toBe(0o600);
    }
    expect(versionIn((await store.read(id)).files)).toBe('one');
  });

  test('is refused where the note of what is trusted cannot be kept', async ({
    place: { skills, root },
  }) => {
    const file = path.join(root, 'file');
    await writeFile(file, '');
    const store = createSkillStore({ folders: [skills], pins: path.join(file, 'pins') });
    expect(await codeOf(store.save(id, versionOf(id, 'one')))).toBe('USAGE');
  });

  test('replaces a version, and leaves nothing beside it', async ({ place: { skills, store } }) => {
    await store.save(id, versionOf(id, 'one'));
    await writeFile(path.join(skills, 'shared', 'notes.txt'), 'of the old version');
    await store.save(id, versionOf(id, 'two'));
    expect(versionIn((await store.read(id)).files)).toBe('two');
    expect(await readdir(path.join(skills, '.mcp-cli'))).toEqual([]);
    expect(await readdir(path.join(skills, 'shared'))).not.toContain('notes.txt');
  });

  test.for(['.claude', '.claude/skills', '.claude/skills/shared'])(
    'does not write through a link in the place of %s',
    async (name, { place: { root, store } }) => {
      const elsewhere = path.join(root, 'elsewhere');
      await mkdir(elsewhere);
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await symlink(elsewhere, path.join(root, name));
      expect(await codeOf(store.save(id, versionOf(id, 'one')))).toBe('USAGE');
      expect(await readdir(elsewhere)).toEqual([]);
    },
  );

  test('on a full disk fails, says so, and leaves the old version', async ({ place: { root } }) => {
    const script = path.join(import.meta.dirname, 'full-disk.ts');
    const disk = path.join(root, 'disk');
    await mkdir(disk);
    // A file system of its own that holds a few versions, in a namespace of its own.
    const command = `mount -t tmpfs -o size=400k tmpfs ${disk} && exec ${process.execPath} ${script} ${disk} ${root}/pins`;
    const told = inOwnMounts(command);
    expect(JSON.parse(told)).toEqual({
      small: 'saved',
      large: 'Cannot save the skill shared: the disk is full (ENOSPC).',
      after: 'small',
      trusted: true,
      staged: [],
      again: 'saved',
      last: 'again',
    });
  });
});

describe('read()', () => {
  test.for(['SKILL.md', 'REFERENCE.md', 'metadata.json', 'vfs.json', 'module.wasm'] as const)(
    'refuses a skill in which any byte of %s was changed',
    async (name, { place: { skills, store } }) => {
      await store.save(id, versionOf(id, 'one', 300));
      const file = path.join(skills, 'shared', name);
      const whole = await readFile(file);
      for (let index = 0; index < whole.length; index++) {
        const changed = Buffer.from(whole);
        changed.writeUInt8(whole.readUInt8(index) ^ 1, index);
        await writeFile(file, changed);
        expect(await codeOf(store.read(id)), `byte ${index}`).toBe('SKILL_DAMAGED');
      }
    },
  );

  test('does not trust a skill that was changed together with its checksums', async ({
    place: { skills, pins, store },
  }) => {
    await store.save(id, versionOf(id, 'mine'));
    const other = createSkillStore({ folders: [path.join(skills, '../other')], pins: undefined });
    const { folder } = await other.save(id, versionOf(id, 'theirs'));
    await rm(path.join(skills, 'shared'), { recursive: true });
    await rename(folder, path.join(skills, 'shared'));
    const skill = (await store.read(id)) as CheckedSkill;
    expect(versionIn(skill.files)).toBe('theirs');
    expect(await store.isTrusted(skill)).toBe(false);
    expect(await store.trustedVersions(skill)).toHaveLength(1);
    await store.trust(skill);
    expect(await createSkillStore({ folders: [skills], pins }).isTrusted(skill)).toBe(true);
  });

  test('gives bytes that a change after it does not reach', async ({
    place: { skills, store },
  }) => {
    await store.save(id, versionOf(id, 'one'));
    const skill = await store.read(id);
    await writeFile(path.join(skills, 'shared', 'module.wasm'), 'other');
    expect(versionIn(skill.files)).toBe('one');
  });

  test.for(['symlink', 'hard link', 'folder'] as const)(
    'follows no %s in the place of a file',
    async (kind, { place: { root, skills, store } }) => {
      await store.save(id, versionOf(id, 'one'));
      const file = path.join(skills, 'shared', 'SKILL.md');
      const elsewhere = path.join(root, 'elsewhere');
      await rename(file, elsewhere);
      if (kind === 'symlink') await symlink(elsewhere, file);
      else if (kind === 'hard link') await link(elsewhere, file);
      else await mkdir(file);
      expect(await codeOf(store.read(id))).toBe('SKILL_DAMAGED');
    },
  );

  test('follows no link in the place of the folder', async ({ place: { root, skills, store } }) => {
    await store.save(id, versionOf(id, 'one'));
    await rename(path.join(skills, 'shared'), path.join(root, 'shared'));
    await symlink(path.join(root, 'shared'), path.join(skills, 'shared'));
    expect(await codeOf(store.read(id))).toBe('SKILL_DAMAGED');
  });

  test('finds a version that a stopped writer had put aside', async ({
    place: { skills, store },
  }) => {
    await store.save(id, versionOf(id, 'one'));
    const aside = path.join(skills, '.mcp-cli', 'shared.999999.00ff.old');
    await rename(path.join(skills, 'shared'), aside);
    expect(versionIn((await store.read(id)).files)).toBe('one');
    await store.remove(id);
    expect(await codeOf(store.read(id))).toBe('SKILL_NOT_FOUND');
  });

  test('takes a skill that somebody wrote by hand as a text', async ({
    place: { skills, store },
  }) => {
    await mkdir(path.join(skills, 'by-hand'), { recursive: true });
    await writeFile(
      path.join(skills, 'by-hand', 'SKILL.md'),
      '---\nname: by-hand\ndescription: >\n  Folded\n  text\nother: [1]\n---\n# Hi\n',
    );
    const { skills: listed, unusable } = await store.list();
    expect(listed.map(({ description, metadata }) => [description, metadata])).toEqual([
      ['Folded text', undefined],
    ]);
    expect(unusable).toEqual([]);
  });

  test('suggests a name that is near', async ({ place: { store } }) => {
    await store.save(id, versionOf(id, 'one'));
    await expect(store.read(parseSkillId('shraed'))).rejects.toThrow('Did you mean "shared"?');
  });
});

describe('list()', () => {
  test('says why a folder is no skill, and does not stop at it', async ({
    place: { skills, store },
  }) => {
    await store.save(id, versionOf(id, 'one'));
    for (const name of ['Shared', 'con', 'a--b', 'x.y', 'é']) await mkdir(path.join(skills, name));
    await mkdir(path.join(skills, 'empty'));
    const { skills: listed, unusable } = await store.list();
    expect(listed.map((skill) => skill.id)).toEqual(['shared']);
    expect(unusable.map(({ name }) => name).sort()).toEqual(
      ['Shared', 'a--b', 'con', 'empty', 'x.y', 'é'].sort(),
    );
  });
});

describe('remove()', () => {
  test('takes a skill and its trust away', async ({ place: { pins, store } }) => {
    await store.save(id, versionOf(id, 'one'));
    await store.remove(id);
    expect(await codeOf(store.read(id))).toBe('SKILL_NOT_FOUND');
    expect(await codeOf(store.remove(id))).toBe('SKILL_NOT_FOUND');
    expect(await readdir(pins)).toEqual([]);
  });
});

describe('findSkillFolders()', () => {
  test('goes up to the root of the repository, nearest first', async ({ place: { root } }) => {
    for (const name of ['.git', '.claude/skills', 'a/.agents/skills', 'a/b']) {
      await mkdir(path.join(root, name), { recursive: true });
    }
    expect(await findSkillFolders(path.join(root, 'a/b'))).toEqual([
      path.join(root, '.claude/skills'),
      path.join(root, 'a/.agents/skills'),
    ]);
    await rm(path.join(root, '.git'), { recursive: true });
    expect(await findSkillFolders(path.join(root, 'a/b'))).toEqual([
      path.join(root, 'a/b/.claude/skills'),
    ]);
  });
});
