import { parseSkillId, SandboxError, type ServerId, type SkillId } from '@org/core';
import type { SkillMetadata, SkillStore } from '@org/skill-store';
import type { Toolbox } from '../toolbox.ts';
import { saveServer, serverMetadata } from './save-skill.ts';

export interface ServerSkill {
  readonly server: ServerId;
  readonly name: SkillId;
  /** `unchanged`: what is there says the same. */
  readonly status: 'written' | 'unchanged';
}

export interface ServerSkillsOptions {
  /** Replace skills of these names that are no documentation of their server. */
  readonly force: boolean;
  /** Nothing is written. */
  readonly check: boolean;
  /** Name and version of the command line. */
  readonly createdWith: string;
}

/**
 * Saves a skill for each server, which documents its tools; leaves those alone that say what they
 * would say now.
 * @throws SandboxError `USAGE`: a name stands for two servers, or another skill has it; or as reading
 * a catalog and saving a skill do
 */
export async function saveServerSkills(
  store: SkillStore,
  toolbox: Pick<Toolbox, 'catalog'>,
  servers: readonly ServerId[],
  { force, check, createdWith }: ServerSkillsOptions,
): Promise<ServerSkill[]> {
  const names = new Map<SkillId, ServerId>();
  for (const server of servers) {
    const name = skillName(server);
    const twin = names.get(name);
    if (twin !== undefined) throw taken(name, `the server ${twin} has it too`);
    names.set(name, server);
  }
  const saved: ServerSkill[] = [];
  for (const [name, server] of names) {
    const catalog = await toolbox.catalog(server);
    const options = { id: name, description: undefined, createdWith };
    const before = await metadataOf(store, name);
    const isOwn =
      before === undefined || (before?.kind === 'server' && before.servers[0]?.id === server);
    if (!isOwn && !force) throw taken(name, 'another skill has it');
    const isSame = before != null && same(before, serverMetadata(catalog, options));
    if (!isSame && !check) await saveServer(store, catalog, options);
    saved.push({ server, name, status: isSame ? 'unchanged' : 'written' });
  }
  return saved;
}

function taken(name: SkillId, why: string): SandboxError {
  return new SandboxError('USAGE', `Cannot save the skill ${name}: ${why}.`, {
    hint: 'Save it by another name with mcp-cli skill save --server <server> --name <name>, or replace it with --force.',
  });
}

/** Undefined where there is no such skill, null where it is none of ours or damaged. */
async function metadataOf(
  store: SkillStore,
  name: SkillId,
): Promise<SkillMetadata | null | undefined> {
  try {
    return (await store.read(name)).metadata ?? null;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return error.code === 'SKILL_NOT_FOUND' ? undefined : null;
  }
}

/** Whether they differ in nothing but when they were written. */
function same(before: SkillMetadata, after: SkillMetadata): boolean {
  const lasting = ({ created: _, createdWith: __, ...rest }: SkillMetadata) => JSON.stringify(rest);
  return lasting(before) === lasting(after);
}

/** A name for a server's skill: what names of skills cannot have becomes a hyphen. */
function skillName(server: string): SkillId {
  const name = server
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, 64)
    .replaceAll(/^-+|-+$/gu, '');
  return parseSkillId(name === '' ? 'server' : name);
}
