import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { approvalFile, type ConfigFile, readServerConfig, trustFile } from '@org/bridge';
import { observedTypeFiles } from '@org/codegen';
import { parseSkillId, type ServerId } from '@org/core';
import { openRunStore } from '@org/runs';
import { openTokenStore } from '@org/server/tokens';
import { type CheckedSkill, createSkillStore } from '@org/skill-store';
import { createSandbox } from '@org/wasm-runtime';
import { TokenFile } from '../../../packages/bridge/src/token-store.ts';
import { versionOf } from '../../../packages/skill-store/test/version-of.ts';

/** Something that the host keeps on the disk. */
export interface Kept {
  /** Keeps it anew in this folder, and gives the file. */
  keep(folder: string): Promise<string>;
  /** What there is of it: `whole`, `none`, or something else. Throws where it is refused. */
  find(folder: string): Promise<unknown>;
}

const server = 'github' as ServerId;
const skill = parseSkillId('shared');
const program = 'export default [6 * 7, typeof polluted];';
const servers = { mcpServers: { github: { command: 'node', args: ['x.js'] } } };

/** The only file below the folder. */
async function fileIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const [file] = names.filter((entry) => entry.isFile());
  if (file === undefined) throw new Error(`Nothing was kept in ${folder}.`);
  return path.join(file.parentPath, file.name);
}

const skills = (folder: string) =>
  createSkillStore({ folders: [path.join(folder, 'skills')], pins: path.join(folder, 'pins') });

async function saveSkill(folder: string, file: string): Promise<string> {
  await skills(folder).save(skill, versionOf(skill, 'one', 300));
  return file === 'pin'
    ? fileIn(path.join(folder, 'pins'))
    : path.join(folder, 'skills', skill, file);
}

async function findSkill(folder: string): Promise<string> {
  const store = skills(folder);
  const read = (await store.read(skill)) as CheckedSkill;
  return (await store.isTrusted(read)) ? 'whole' : 'none';
}

const ofSkill = (file: string): Kept => ({
  keep: (folder) => saveSkill(folder, file),
  find: findSkill,
});

const configuration: ConfigFile = {
  path: '/project/.mcp.json',
  shownPath: '.mcp.json',
  foundBy: 'here',
  digest: createHash('sha256').update('x').digest('hex'),
  servers: [],
};
let token = '';

export const kept = {
  'a compiled program': {
    async keep(folder) {
      await using sandbox = await createSandbox({
        cacheDir: path.join(folder, 'cache'),
        workers: 1,
      });
      await sandbox.compile(program);
      await sandbox.close();
      return fileIn(path.join(folder, 'cache'));
    },
    async find(folder) {
      await using sandbox = await createSandbox({
        cacheDir: path.join(folder, 'cache'),
        workers: 1,
      });
      const outcome = await sandbox.run(program);
      const isRight =
        outcome.status === 'returned' && JSON.stringify(outcome.value) === '[42,"undefined"]';
      return isRight ? 'whole' : outcome;
    },
  },
  'observed types': {
    async keep(folder) {
      const store = observedTypeFiles(path.join(folder, 'observed'), 'scope');
      await store.update(server, () => 'types');
      return fileIn(path.join(folder, 'observed'));
    },
    async find(folder) {
      const text = await observedTypeFiles(path.join(folder, 'observed'), 'scope').read(server);
      if (text === undefined) return 'none';
      // What texts mean, and whether they mean anything, is up to their reader.
      return text === 'types' ? 'whole' : 'other';
    },
  },
  approvals: {
    async keep(folder) {
      const file = path.join(folder, 'own', 'approvals.json');
      await approvalFile(file, 'scope').save(server, 'x', { digest: 'd', parts: { name: 'n' } });
      return file;
    },
    async find(folder) {
      const file = path.join(folder, 'own', 'approvals.json');
      const found = await approvalFile(file, 'scope').find(server, 'x');
      return found === undefined ? 'none' : 'whole';
    },
  },
  'trusted configurations': {
    async keep(folder) {
      const file = path.join(folder, 'own', 'trusted.json');
      await trustFile(file).add(configuration);
      return file;
    },
    find: async (folder) =>
      (await trustFile(path.join(folder, 'own', 'trusted.json')).has(configuration))
        ? 'whole'
        : 'none',
  },
  'tokens of OAuth': {
    async keep(folder) {
      await new TokenFile(path.join(folder, 'oauth'), ['a']).write({ tokens: 'x' });
      return fileIn(path.join(folder, 'oauth'));
    },
    async find(folder) {
      const found = await new TokenFile(path.join(folder, 'oauth'), ['a']).read();
      return found.tokens === 'x' ? 'whole' : 'none';
    },
  },
  'a token of a client': {
    async keep(folder) {
      const store = openTokenStore(path.join(folder, 'tokens'));
      token = await store.add({ name: 'ci', use: 'agents' }, true);
      return path.join(folder, 'tokens', 'ci.json');
    },
    find: async (folder) =>
      openTokenStore(path.join(folder, 'tokens')).authenticate(token) === undefined
        ? 'none'
        : 'whole',
  },
  'recorded runs': {
    async keep(folder) {
      const file = path.join(folder, 'own', 'runs.db');
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      openRunStore({ path: file })[Symbol.dispose]();
      return file;
    },
    async find(folder) {
      using store = openRunStore({ path: path.join(folder, 'own', 'runs.db') });
      return store.list({}).length === 0 ? 'whole' : 'other';
    },
  },
  'the configuration of a project': {
    async keep(folder) {
      const file = path.join(folder, 'project', '.mcp.json');
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(servers));
      return file;
    },
    async find(folder) {
      const { servers: found } = await readServerConfig({
        cwd: path.join(folder, 'project'),
        env: {},
      });
      return found.map(({ id }) => id).join() === server ? 'whole' : 'other';
    },
  },
  'the text of a skill': ofSkill('SKILL.md'),
  'the module of a skill': ofSkill('module.wasm'),
  'the metadata of a skill': ofSkill('metadata.json'),
  'the digests of a skill': ofSkill('checksum.blake3'),
  'the trust in a skill': ofSkill('pin'),
} as const satisfies Record<string, Kept>;
