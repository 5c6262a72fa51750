import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { SandboxError } from '@org/core';

/**
 * Writes a file whole or not at all: whoever reads it meanwhile, or after a crash, finds the old one
 * or the new one. A link is followed.
 * @throws SandboxError `USAGE` when the disk refuses
 */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new SandboxError('USAGE', `Cannot write ${file}: ${reasonOf(cause)}.`, {
      hint: 'Name a file in a folder that is there and that you can write to.',
      cause,
    });
  }
}

/** Without the rest of the system's message, which names the temporary file. */
function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'its folder is not there';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `that is not permitted (${code})`;
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return message.split(',', 1)[0] as string;
  }
}
