import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, SandboxError } from '@org/core';

const maxBytes = 64 * 1024;

/** A file as it was read, and whether it is still the same. */
export interface ReadFile {
  readonly text: string;
  /** Changes with the file's content. */
  readonly stamp: string;
}

/** What tells one content of a file from the next. A file that is replaced is another inode. */
export function stampOf({ ino, size, mtimeMs, mode }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${mode}`;
}

/**
 * Undefined where there is no such file.
 * @throws SandboxError `CONFIG_INVALID`: others may read or write it, it is too large, or unreadable
 */
export function readPrivateFile(file: string): ReadFile | undefined {
  let descriptor: number;
  try {
    // A pipe is not waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(
      file,
      'it cannot be read',
      'Make it readable for the user of the server.',
      cause,
    );
  }
  try {
    const info = fstatSync(descriptor);
    if (!info.isFile() || info.size > maxBytes) {
      throw unusable(file, 'it is no file of ours', 'Delete it, and add the token again.');
    }
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw unusable(file, 'others on this machine can reach it', `Run chmod 600 ${file}.`);
    }
    return { text: readFileSync(descriptor, 'utf8'), stamp: stampOf(info) };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file of the user's alone, whole or not at all.
 * @param how `create`: not where there is one already
 * @returns false where there is one already
 * @throws SandboxError `CONFIG_INVALID`: the disk refuses
 */
export async function writePrivateFile(
  file: string,
  text: string,
  how: 'create' | 'replace',
): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    makeFolder(path.dirname(file), (one) => mkdirSync(one, { mode: 0o700 }));
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(text);
    await handle.sync();
    // A link, unlike a rename, is refused where there is a file.
    await (how === 'create' ? link(draft, file) : rename(draft, file));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(file, 'it cannot be written', 'Make its folder writable for you.', cause);
  } finally {
    await rm(draft, { force: true });
  }
}

export function unusable(file: string, why: string, hint: string, cause?: unknown): SandboxError {
  return new SandboxError('CONFIG_INVALID', `The token file ${file} cannot be used: ${why}.`, {
    hint,
    cause,
  });
}
