import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import { isProcessAlive, SandboxError, type SkillId } from '@org/core';
import { isMissing } from './read-folder.ts';
import type { checksumName, SkillFileName } from './skill-files.ts';
import {
  discard,
  type StagedFolder,
  stage,
  stagedFolders,
  stagingPath,
  syncFolder,
} from './staging.ts';

/** Each turn that a writer loses is one that another has won. */
const maxTurns = 10_000;

/*
 * No call of Node's exchanges two folders, and a rename does not replace one that has files. So a
 * writer puts the version that is there aside and its own in its place: two renames. Between them
 * the skill is where it was put aside, and readers look there (staging.ts, lastPutAside). A writer
 * that is stopped between them leaves the old version, which the next writer replaces; one whose
 * place was taken by another puts that aside and tries again. No lock is held that could be left
 * behind. What was put aside when a writer came is out of date as soon as its own version is there,
 * and is taken away before it says that it is done.
 */

/**
 * Puts a version of a skill in place of the one that is there. A reader finds the old or the new one
 * at any time, also after the process or the machine was stopped; of writers at the same time the
 * last one wins. When this resolves, the version is on the disk.
 * @param skills folder of all skills, which is there
 * @param ready what has to have happened before the version can be seen
 * @throws SandboxError `USAGE`: something else has the skill's name; or the system's error, and then
 * the old version is there
 */
export async function publish(
  skills: string,
  id: SkillId,
  files: ReadonlyMap<SkillFileName | typeof checksumName, Uint8Array>,
  ready: Promise<void> = Promise.resolve(),
): Promise<void> {
  const target = path.join(skills, id);
  await requireFolder(target);
  const outdated: string[] = (await stagedFolders(skills, id))
    .filter(isLeftOver)
    .map((one) => one.path);
  const fresh = await stage(skills, id, files);
  try {
    await ready;
    for (let turn = 0; ; turn++) {
      const aside = await putAside(skills, id, target);
      if (aside !== undefined) outdated.push(aside);
      if (await takePlace(fresh, target, aside, turn)) break;
    }
  } catch (error) {
    await discard(fresh);
    throw error;
  }
  await Promise.all(outdated.map(discard));
  await syncFolder(skills);
}

/** What others have put aside, and what they wrote and cannot put anywhere any more. */
function isLeftOver({ stage, pid }: StagedFolder): boolean {
  return stage === 'old' || !isProcessAlive(pid);
}

/** @returns where the version is now; undefined where there was none */
async function putAside(skills: string, id: SkillId, target: string): Promise<string | undefined> {
  await requireFolder(target);
  const aside = stagingPath(skills, id, 'old');
  try {
    await rename(target, aside);
    return aside;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @returns false where another writer was first */
async function takePlace(
  fresh: string,
  target: string,
  aside: string | undefined,
  turn: number,
): Promise<boolean> {
  try {
    await rename(fresh, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code === 'ENOTEMPTY' || code === 'EEXIST') && turn < maxTurns) return false;
    if (aside !== undefined) await rename(aside, target).catch(() => {});
    throw error;
  }
}

async function requireFolder(target: string): Promise<void> {
  const found = await lstat(target).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found === undefined || found.isDirectory()) return;
  throw new SandboxError('USAGE', `${target} is a link or a file, not a skill's folder.`, {
    hint: 'Links are not followed: remove it, or give the skill another name.',
  });
}

/**
 * Takes a skill away, whole.
 * @returns whether there was one
 * @throws the system's error
 */
export async function unpublish(skills: string, id: SkillId): Promise<boolean> {
  const target = path.join(skills, id);
  await requireFolder(target);
  // First what would be taken for the skill once its folder is gone.
  const asides = (await stagedFolders(skills, id)).filter(({ stage }) => stage === 'old');
  await Promise.all(asides.map(({ path: folder }) => discard(folder)));
  const junk = stagingPath(skills, id, 'junk');
  try {
    await rename(target, junk);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return asides.length > 0;
  }
  await syncFolder(skills);
  await discard(junk);
  return true;
}
