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
    // Without the rest of it, which names the temporary file.
    const [why] = (cause as Error).message.split(',');
    throw new SandboxError('USAGE', `Cannot write ${file}: ${why}.`, {
      hint: 'Name a file that can be written with --output.',
      cause,
    });
  }
}
