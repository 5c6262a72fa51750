import {
  type FileSystem,
  type JsonObject,
  parseSkillId,
  SandboxError,
  type ToolCaller,
} from '@org/core';
import type { SkillSummary } from '@org/server';
import { programOf, type Skill, type SkillStore } from '@org/skill-store';
import type { Program } from '@org/wasm-runtime';
import { plainLine } from '../plain-text.ts';
import { declaredTools } from '../skills/declared-tools.ts';
import { describeDrift } from '../skills/describe-drift.ts';
import { requireProgram } from '../skills/skill-command.ts';
import { filesOfSkill, openSkillProgram, staleWarning } from '../skills/skill-program.ts';
import { skillsServer } from '../skills/skill-wrappers.ts';
import type { ClientGrant } from './client-grant.ts';
import type { RunView } from './run-view.ts';

type Grant = Pick<ClientGrant, 'mayRun'>;

/** A skill that is about to run. */
export interface ServedSkill {
  readonly program: Program;
  /** Those that it has declared. */
  readonly tools: ToolCaller;
  readonly files: FileSystem;
  /** What its caller should know; grows while it runs. */
  readonly notes: readonly string[];
}

/** Whether it can be used without anybody being asked: a text, or a version that the user trusts. */
async function isUsable(store: SkillStore, skill: Skill): Promise<boolean> {
  return skill.metadata === undefined || (await store.isTrusted(skill));
}

/** @throws SandboxError `SKILL_NOT_FOUND`, `SKILL_DAMAGED`, `SKILL_NOT_TRUSTED`, `INVALID_NAME` */
async function readSkill(store: SkillStore, { mayRun }: Grant, name: string): Promise<Skill> {
  const id = parseSkillId(name);
  if (!mayRun(id)) throw noSkill(id);
  const skill = await store.read(id).catch((error: unknown) => {
    // The store's own words name folders of the host.
    if (error instanceof SandboxError && error.code === 'SKILL_NOT_FOUND') throw noSkill(id);
    throw error;
  });
  if (await isUsable(store, skill)) return skill;
  throw new SandboxError('SKILL_NOT_TRUSTED', `The skill ${id} is not trusted.`, {
    hint: `The user can trust it with mcp-cli skill load ${id} --trust-skill.`,
  });
}

function noSkill(id: string): SandboxError {
  return new SandboxError('SKILL_NOT_FOUND', `There is no skill ${plainLine(id)}.`, {
    hint: 'list_skills shows which there are.',
  });
}

/** Throws as `readSkill`, and `USAGE` for a skill that is no program. */
export async function openServedSkill(
  name: string,
  grant: Grant,
  { sandbox, ports, toolbox }: RunView,
): Promise<ServedSkill> {
  const skill = requireProgram(await readSkill(toolbox.skills, grant, name));
  const files = filesOfSkill(skill, ports.files);
  const { program, stale } = await openSkillProgram(sandbox, skill, files);
  const notes: string[] = stale ? [staleWarning(skill)] : [];
  const { servers } = toolbox.bridge;
  const tools = declaredTools(
    skill,
    {
      ...ports.tools,
      servers: [...servers, skillsServer],
      catalog: (id) => toolbox.bridge.catalog(id),
    },
    { strict: false, onDrift: (drift) => notes.push(describeDrift(drift)) },
  );
  return { program, tools, files, notes };
}

export async function skillsFor(store: SkillStore, { mayRun }: Grant): Promise<SkillSummary[]> {
  const { skills } = await store.list();
  const usable = await Promise.all(
    skills.map(async (skill) => mayRun(skill.id) && (await isUsable(store, skill))),
  );
  return skills
    .filter((_, index) => usable[index])
    .map((skill) => {
      const { id: name, description } = skill;
      const parameters = programOf(skill)?.metadata.parameters;
      return { name, description, ...(parameters && { parameters: parameters as JsonObject }) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws as `readSkill`. */
export async function filesOf(
  store: SkillStore,
  grant: Grant,
  name: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  return (await readSkill(store, grant, name)).files;
}
