import { type FileSystem, SandboxError } from '@org/core';
import type { ProgramSkill } from '@org/skill-store';
import type { Program, Sandbox } from '@org/wasm-runtime';

/** The files that a skill was saved with over those of the project: it sees what it was made for. */
export function filesOfSkill({ program }: ProgramSkill, files: FileSystem): FileSystem {
  return {
    readFile: async (path) => program.imports.get(path) ?? (await files.readFile(path)),
    writeFile: (path, text) => files.writeFile(path, text),
    listFiles: (path) => files.listFiles(path),
  };
}

export interface OpenedProgram {
  readonly program: Program;
  /** Whether `module.wasm` is for another engine, so that the source was compiled instead. */
  readonly stale: boolean;
}

/**
 * The skill's program for this engine: `module.wasm`, or its source where that is for another one.
 * @param files those of `filesOfSkill`; left out: the sandbox's are that
 * @throws SandboxError as compiling does
 */
export async function openSkillProgram(
  sandbox: Pick<Sandbox, 'openProgram' | 'compile'>,
  skill: ProgramSkill,
  files?: FileSystem,
): Promise<OpenedProgram> {
  try {
    return { program: sandbox.openProgram(skill.module), stale: false };
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== 'PROGRAM_REFUSED') throw error;
    const { name, source } = skill.program;
    return {
      program: await sandbox.compile(source, { name, ...(files && { files }) }),
      stale: true,
    };
  }
}

export function staleWarning({ id }: ProgramSkill): string {
  return `The module of ${id} is for another engine: its source was compiled anew. Save it again to keep that.`;
}
