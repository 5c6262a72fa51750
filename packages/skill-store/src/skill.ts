import type { SkillId } from '@org/core';
import { parseMetadata, type SkillMetadata } from './metadata.ts';
import { type ProgramFiles, parseProgramFiles } from './program-files.ts';
import type { CheckedFiles } from './read-skill.ts';
import { damaged, type SkillFiles } from './skill-files.ts';
import { describeMarkdown } from './skill-md.ts';

interface SkillContent {
  readonly id: SkillId;
  /** Absolute. */
  readonly folder: string;
  readonly description: string;
  readonly files: SkillFiles;
}

/** A skill of our format: read once, checked, and to be used from these bytes. */
export interface CheckedSkill extends SkillContent {
  readonly metadata: SkillMetadata;
  /** BLAKE3, hex; stands for every byte of the skill. */
  readonly digest: string;
  /** Text of `checksum.blake3`. */
  readonly checksum: string;
}

/** A skill that somebody wrote by hand: a text to read, nothing to run. */
interface TextSkill extends SkillContent {
  readonly metadata?: undefined;
}

export type Skill = CheckedSkill | TextSkill;

/** @throws SandboxError `SKILL_DAMAGED` */
export async function skillOf(id: SkillId, folder: string, checked: CheckedFiles): Promise<Skill> {
  const { files, checksum, digest } = checked;
  const metadata = files.get('metadata.json');
  if (checksum === undefined || digest === undefined || metadata === undefined) {
    const text = Buffer.from(files.get('SKILL.md') ?? []).toString('utf8');
    return { id, folder, files, description: await describeMarkdown(text) };
  }
  const parsed = parseMetadata(id, metadata);
  return { id, folder, files, description: parsed.description, metadata: parsed, checksum, digest };
}

/** A skill that can be run, with its program. */
export interface ProgramSkill extends CheckedSkill {
  readonly program: ProgramFiles;
  /** Of `module.wasm`. */
  readonly module: Uint8Array;
}

/** The program of a skill; undefined where it is none. @throws SandboxError `SKILL_DAMAGED` */
export function programOf(skill: Skill): ProgramSkill | undefined {
  const { metadata, files, id } = skill;
  if (metadata === undefined || metadata.kind !== 'program') return undefined;
  const [source, module] = [files.get('vfs.json'), files.get('module.wasm')];
  if (source === undefined || module === undefined) throw damaged(id, 'it has no program');
  return { ...skill, program: parseProgramFiles(id, source), module };
}
