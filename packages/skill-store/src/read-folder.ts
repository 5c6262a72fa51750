import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  checksumName,
  damaged,
  isSkillFile,
  maxFileBytes,
  type SkillFileName,
  type SkillFiles,
} from './skill-files.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A skill's folder as it was read, each file once. Nothing of it is checked yet. */
export interface FolderContent {
  readonly files: SkillFiles;
  /** Text of `checksum.blake3`; undefined where there is none. */
  readonly checksum: string | undefined;
}

export const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Reads the files of a skill; links of both kinds are refused, others than ours are not opened.
 * @throws SandboxError `SKILL_DAMAGED`: a link, no file, too large; or the system's error where the
 * folder or a file of it is gone
 */
export async function readFolder(skill: string, folder: string): Promise<FolderContent> {
  if (!(await lstat(folder)).isDirectory()) {
    throw damaged(skill, 'its folder is a link or no folder, and links are not followed');
  }
  const names = (await readdir(folder)).filter(
    (name) => isSkillFile(name) || name === checksumName,
  );
  const read = await Promise.all(
    names.map(
      async (name) => [name, await readFile(skill, folder, name as SkillFileName)] as const,
    ),
  );
  const files = new Map<SkillFileName, Uint8Array>();
  let checksum: string | undefined;
  for (const [name, bytes] of read) {
    if (isSkillFile(name)) files.set(name, bytes);
    else checksum = bytes.toString('utf8');
  }
  return { files, checksum };
}

async function readFile(
  skill: string,
  folder: string,
  name: SkillFileName | typeof checksumName,
): Promise<Buffer> {
  const handle = await open(path.join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ELOOP') throw error;
      throw damaged(skill, `${name} is a link, and links are not followed`, error);
    },
  );
  try {
    const { size, nlink } = await handle.stat().then((found) => {
      if (!found.isFile()) throw damaged(skill, `${name} is not a file`);
      return found;
    });
    // A file that is deleted while it is read has none left; its content is whole.
    if (nlink > 1) throw damaged(skill, `${name} has another name elsewhere (a hard link)`);
    if (size > maxFileBytes[name])
      throw damaged(skill, `${name} has over ${maxFileBytes[name]} bytes`);
    const bytes = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
