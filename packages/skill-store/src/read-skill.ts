import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SandboxError, type SkillId } from '@org/core';
import { checkFiles, digestOf } from './checksum.ts';
import { type FolderContent, isMissing, readFolder } from './read-folder.ts';
import { damaged, type SkillFiles } from './skill-files.ts';
import { lastPutAside, stagingName } from './staging.ts';

/** A skill's files, each read once and checked; these bytes are the ones to use. */
export interface CheckedFiles {
  readonly files: SkillFiles;
  /** Text of `checksum.blake3`; undefined where another program wrote the skill. */
  readonly checksum: string | undefined;
  /** BLAKE3 of that text, hex: stands for every byte of the skill. */
  readonly digest: string | undefined;
}

/** Each one that fails means that a writer has replaced the skill meanwhile. */
const maxAttempts = 1_000;

/**
 * The skill as one of its versions, whatever writers do meanwhile; undefined where there is none.
 * @throws SandboxError `SKILL_DAMAGED`
 */
export async function readSkillFiles(
  skills: string,
  id: SkillId,
): Promise<CheckedFiles | undefined> {
  const target = path.join(skills, id);
  for (let attempt = 1; ; attempt++) {
    const changed = await stagingChanged(skills);
    const before = await identityOf(target);
    const folder = before === undefined ? await lastPutAside(skills, id) : target;
    try {
      if (folder !== undefined) return check(id, await readFolder(id, folder));
      // Between two looks a version may have come back and the next one been put aside.
      const still = changed !== 'just now' && changed === (await stagingChanged(skills));
      if (still || attempt >= maxAttempts) return undefined;
      await setTimeout(stepMs / 10);
    } catch (error) {
      // One that was put aside may be gone, or half gone, by now.
      const stood = folder === target && (await identityOf(target)) === before;
      if (attempt < maxAttempts && (isMissing(error) || !stood)) continue;
      if (error instanceof SandboxError) throw error;
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw damaged(id, `it cannot be read (${code})`, error);
    }
  }
}

/** Times of files have steps of some milliseconds: what is older shows any later change. */
const stepMs = 50;

/** When something was last put aside or brought back; undefined where nothing ever was. */
async function stagingChanged(skills: string): Promise<bigint | 'just now' | undefined> {
  const found = await lstat(path.join(skills, stagingName), { bigint: true }).catch(
    () => undefined,
  );
  if (found !== undefined && Date.now() - Number(found.mtimeMs) < stepMs) return 'just now';
  return found?.mtimeNs;
}

/** Differs for each folder that has stood at this path. */
async function identityOf(folder: string): Promise<string | undefined> {
  const found = await lstat(folder, { bigint: true }).catch(() => undefined);
  return found && `${found.ino} ${found.ctimeNs}`;
}

function check(id: SkillId, { files, checksum }: FolderContent): CheckedFiles {
  if (checksum === undefined) {
    // A skill that somebody wrote by hand has only a text; ours has digests.
    if (files.has('metadata.json')) throw damaged(id, 'it has no checksum.blake3');
    if (!files.has('SKILL.md')) throw damaged(id, 'it has no SKILL.md');
    return { files, checksum: undefined, digest: undefined };
  }
  checkFiles(id, files, checksum);
  return { files, checksum, digest: digestOf(Buffer.from(checksum)) };
}
