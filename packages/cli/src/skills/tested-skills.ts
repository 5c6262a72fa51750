import { parseSkillId, SandboxError } from '@org/core';
import { cassetteFile, type ProgramSkill, programOf, type SkillStore } from '@org/skill-store';
import { offlineSandbox } from './sandboxes.ts';
import { requireProgram } from './skill-command.ts';
import { openSkillProgram } from './skill-program.ts';
import { cassetteOf, repeatRun, type TestedRun } from './test-skill.ts';

/**
 * The skills with recorded runs: the one of this name, or all.
 * @throws SandboxError `USAGE` where nothing is recorded, `SKILL_NOT_FOUND`, `SKILL_DAMAGED`
 */
export async function testedSkills(
  store: SkillStore,
  name: string | undefined,
): Promise<readonly ProgramSkill[]> {
  const ids = name === undefined ? await store.names() : [parseSkillId(name)];
  const found: ProgramSkill[] = [];
  for (const id of ids) {
    const skill = await store.read(id);
    const program = name === undefined ? programOf(skill) : requireProgram(skill);
    if (program !== undefined && cassetteOf(program).length > 0) found.push(program);
  }
  if (found.length > 0) return found;
  throw new SandboxError(
    'USAGE',
    `${name ?? 'No skill'} has ${name === undefined ? 'a' : 'no'} recorded run.`,
    {
      hint: `Record one: mcp-cli skill run ${name ?? '<name>'} … --record`,
    },
  );
}

export interface TestedSkill {
  readonly runs: readonly TestedRun[];
  /** Whether its source was compiled, because its module is for another engine. */
  readonly stale: boolean;
}

/** Repeats all recorded runs of a skill. */
export async function testSkill(skill: ProgramSkill, signal: AbortSignal): Promise<TestedSkill> {
  await using sandbox = await offlineSandbox(skill);
  const { program, stale } = await openSkillProgram(sandbox, skill);
  const runs: TestedRun[] = [];
  for (const recorded of cassetteOf(skill)) {
    runs.push(await repeatRun(sandbox, program, recorded, signal));
  }
  return { runs, stale };
}

/** Keeps the runs as they are now, in place of those that were recorded. */
export async function updateCassette(
  store: SkillStore,
  skill: ProgramSkill,
  runs: readonly TestedRun[],
): Promise<void> {
  await store.replaceFile(skill, 'cassette.json', cassetteFile(runs.map(({ now }) => now)));
}
