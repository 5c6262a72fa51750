import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { parseSkillId, SandboxError } from '@org/core';
import { type ProgramSkill, programOf, type Skill } from '@org/skill-store';

/** `--skills`, of all commands that read or write skills. */
export const skillsFlag = string({
  helpValue: '<folder>',
  summary: 'Folder of skills. Default: .claude/skills and .agents/skills of the project.',
});

export const trustFlag = boolean({
  summary: 'Trust this version of the skill from now on, without being asked.',
});

export const skillArg = stringArg({ description: 'Name of the skill.', required: true });

/** Reads a skill by the name that the user gave. */
export async function readSkill(name: string, folder: string | undefined): Promise<Skill> {
  const { openSkillStore } = await import('./open-store.ts');
  return (await openSkillStore(folder)).read(parseSkillId(name));
}

/** @throws SandboxError `USAGE` for a skill that is no program */
export function requireProgram(skill: Skill): ProgramSkill {
  const program = programOf(skill);
  if (program !== undefined) return program;
  const what = skill.metadata === undefined ? 'a text to read' : 'the documentation of a server';
  throw new SandboxError('USAGE', `The skill ${skill.id} cannot be run: it is ${what}.`, {
    hint: `See mcp-cli skill info ${skill.id}.`,
  });
}
