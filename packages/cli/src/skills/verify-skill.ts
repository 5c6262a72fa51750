import { SandboxError, type SkillId } from '@org/core';
import { programOf, type SkillStore } from '@org/skill-store';
import { offlineSandbox } from './sandboxes.ts';

export interface VerifiedSkill {
  readonly name: string;
  readonly digest?: string;
  readonly trusted: boolean;
  readonly fromSource?: boolean;
  readonly problem?: string;
}

/**
 * Checks a skill without running it.
 * @param tolerant whether a skill that is damaged is told as such, instead of thrown
 */
export async function verifySkill(
  store: SkillStore,
  id: SkillId,
  tolerant: boolean,
): Promise<VerifiedSkill> {
  try {
    const skill = await store.read(id);
    const { metadata } = skill;
    // There is nothing in it to run.
    if (metadata === undefined) return { name: id, trusted: true };
    const trusted = await store.isTrusted(skill);
    const told = { name: id, digest: skill.digest, trusted };
    const program = programOf(skill);
    if (program === undefined) return told;
    await using sandbox = await offlineSandbox(program);
    const { name, source } = program.program;
    const { code } = await sandbox.compile(source, { name });
    try {
      const fromSource = sandbox.openProgram(program.module).code === code;
      const problem = 'module.wasm is not made of the source in vfs.json';
      return { ...told, fromSource, ...(!fromSource && { problem }) };
    } catch (error) {
      // Of another engine: it is not used, the source is.
      if (error instanceof SandboxError && error.code === 'PROGRAM_REFUSED') return told;
      throw error;
    }
  } catch (error) {
    if (!tolerant || !(error instanceof SandboxError)) throw error;
    return { name: id, trusted: false, problem: error.message };
  }
}
