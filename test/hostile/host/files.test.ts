import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readServerConfig } from '@org/bridge';
import { parseSkillId } from '@org/core';
import { createSkillStore, readArchive, writeArchive } from '@org/skill-store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versionOf } from '../../../packages/skill-store/test/version-of.ts';
import { archives } from './attacks/archives.ts';
import { configurations } from './attacks/configurations.ts';
import { secret } from './damage.ts';
import { hostNames } from './unchanged.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hostile-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an archive that has', () => {
  const skill = parseSkillId('shared');
  const right = writeArchive(skill, versionOf(skill, 'one', 700));
  const rows = Object.entries(archives).flatMap(([code, attacks]) =>
    Object.entries(attacks).map(([name, attack]) => ({ name, attack, code })),
  );

  /** As `skill import` does it. */
  async function bring(bytes: Uint8Array): Promise<unknown> {
    const { id, files } = readArchive(bytes);
    const store = createSkillStore({ folders: [path.join(folder, 'skills')] });
    return store.save(id, files, false);
  }

  test.each(rows)('$name: $code', async ({ attack, code }) => {
    const before = hostNames();
    await expect(bring(attack(Buffer.from(right)))).rejects.toMatchObject({ code });
    expect([await readdir(folder), hostNames()]).toEqual([[], before]);
  });

  test('none of that is one', async () => {
    await bring(right);
    expect(await readdir(path.join(folder, 'skills', skill))).toHaveLength(6);
  });
});

describe('a configuration that says twice', () => {
  const file = () => path.join(folder, 'servers.json');
  const read = async (text: string) => {
    await writeFile(file(), text);
    return readServerConfig({ cwd: folder, configPath: file(), env: {} });
  };

  test.each(Object.entries(configurations))('%s: CONFIG_INVALID', async (_, text) => {
    const before = hostNames();
    const error = await read(text).catch((refusal) => refusal);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(`${error.message} ${error.hint}`).toContain('only once');
    expect(`${error.message} ${error.hint}`).not.toContain(secret);
    expect([hostNames(), 'polluted' in {}]).toEqual([before, false]);
    // What is said once is taken.
    const once = await read('{ "mcpServers": { "a": { "command": "node" } } }');
    expect(once.servers.map(({ id }) => id)).toEqual(['a']);
  });
});
