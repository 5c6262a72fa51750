import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SkillId } from '@org/core';
import { isMissing } from './read-folder.ts';
import type { checksumName, SkillFileName } from './skill-files.ts';

/**
 * Folder beside the skills in which versions are written and put aside. Readers of the Agent Skills
 * format look for `<folder>/SKILL.md`, so what is a level deeper is no skill to them.
 */
export const stagingName = '.mcp-cli';

/**
 * `new` is written and not yet to be seen, `old` was the skill until a writer began to replace it,
 * `junk` is on its way out.
 */
export type Stage = 'new' | 'old' | 'junk';

export interface StagedFolder {
  readonly path: string;
  readonly stage: Stage;
  /** Process that put it there. */
  readonly pid: number;
}

const entryName = /^([a-z0-9-]+)\.(\d+)\.[0-9a-f]+\.(new|old|junk)$/u;

/** A name in the staging folder that nothing has yet. */
export function stagingPath(skills: string, id: SkillId, stage: Stage): string {
  const unique = randomBytes(6).toString('hex');
  return path.join(skills, stagingName, `${id}.${process.pid}.${unique}.${stage}`);
}

/** What is in the staging folder for a skill; nothing where there is no such folder. */
export async function stagedFolders(skills: string, id: SkillId): Promise<StagedFolder[]> {
  const folder = path.join(skills, stagingName);
  const names = await readdir(folder).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.flatMap((name) => {
    const [, skill, pid, stage] = entryName.exec(name) ?? [];
    if (skill !== id) return [];
    return [{ path: path.join(folder, name), stage: stage as Stage, pid: Number(pid) }];
  });
}

/** The version that a writer has put aside last, of those that are; undefined where none is. */
export async function lastPutAside(skills: string, id: SkillId): Promise<string | undefined> {
  let last: { readonly path: string; readonly at: bigint } | undefined;
  for (const { path: folder, stage } of await stagedFolders(skills, id)) {
    if (stage !== 'old') continue;
    // Renaming a folder is a change of it.
    const found = await lstat(folder, { bigint: true }).catch(() => undefined);
    if (found !== undefined && (last === undefined || found.ctimeNs > last.at)) {
      last = { path: folder, at: found.ctimeNs };
    }
  }
  return last?.path;
}

/** Writes a version to where nobody looks for it, to the disk itself. @throws the system's error */
export async function stage(
  skills: string,
  id: SkillId,
  files: ReadonlyMap<SkillFileName | typeof checksumName, Uint8Array>,
): Promise<string> {
  const folder = stagingPath(skills, id, 'new');
  await mkdir(path.dirname(folder), { mode: 0o700 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await mkdir(folder, { mode: 0o700 });
  const writing = [...files].map(([name, bytes]) => write(path.join(folder, name), bytes));
  try {
    const written = await Promise.all(writing);
    // All at once: the disk is waited for, not worked with.
    await Promise.all([...written.map(sync), syncFolder(folder)]);
    return folder;
  } catch (error) {
    // A file that is still written would come back into the folder.
    await Promise.allSettled(writing);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function write(file: string, bytes: Uint8Array): Promise<string> {
  await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
  return file;
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder last. Where the system has no such thing, they are as safe as it is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/**
 * Takes a folder out of sight at once, and then away. It may be gone already: whoever replaces a
 * skill tidies up after others that were stopped.
 */
export async function discard(folder: string): Promise<void> {
  const junk = folder.replace(/\.(?:new|old)$/u, '.junk');
  if (junk !== folder) {
    await rename(folder, junk).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }
  // What cannot be taken away now is in nobody's way, and the next writer tries again.
  await rm(junk, { recursive: true, force: true }).catch(() => {});
}
