import { SandboxError } from '@org/core';

/** The files of a skill that this package writes and reads; others in its folder are left alone. */
export const skillFileNames = [
  'SKILL.md',
  'REFERENCE.md',
  'metadata.json',
  'vfs.json',
  'module.wasm',
  'cassette.json',
] as const;
export type SkillFileName = (typeof skillFileNames)[number];

/** Holds the digests of the others. */
export const checksumName = 'checksum.blake3';

/** Contents of a skill's files, those that it has. */
export type SkillFiles = ReadonlyMap<SkillFileName, Uint8Array>;

const MiB = 1024 * 1024;

/** Bytes that a file of a skill may have. */
export const maxFileBytes: Readonly<Record<SkillFileName | typeof checksumName, number>> =
  Object.freeze({
    'SKILL.md': 1 * MiB,
    'REFERENCE.md': 4 * MiB,
    'metadata.json': 8 * MiB,
    'vfs.json': 32 * MiB,
    'module.wasm': 32 * MiB,
    'cassette.json': 32 * MiB,
    [checksumName]: 4_096,
  });

export function isSkillFile(name: string): name is SkillFileName {
  return (skillFileNames as readonly string[]).includes(name);
}

/** @param why ends the sentence "The skill x is damaged: …" */
export function damaged(skill: string, why: string, cause?: unknown): SandboxError {
  return new SandboxError('SKILL_DAMAGED', `The skill ${skill} is damaged: ${why}.`, {
    hint: 'Save or import it again, or get it anew from where it came from.',
    cause,
  });
}
