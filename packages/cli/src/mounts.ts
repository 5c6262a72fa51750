import { SandboxError } from '@org/core';
import { type HostFolder, mountPath, openHostFolder } from '@org/vfs';
import { splitMount } from './mount-flag.ts';

/**
 * The folders of `--mount` by name.
 * @throws SandboxError `USAGE`: no folder, a name that cannot be used, or one name twice
 */
export async function openMounts(
  texts: readonly string[] = [],
): Promise<ReadonlyMap<string, HostFolder>> {
  const mounts = new Map<string, HostFolder>();
  for (const text of texts) {
    const { folder, name } = splitMount(text);
    const refuse = (why: string, cause?: unknown): SandboxError =>
      new SandboxError('USAGE', `Cannot mount ${JSON.stringify(text)}: ${why}`, {
        hint: 'Write it like --mount data, or --mount ./data/2026:data with a name for /mnt.',
        cause,
      });
    try {
      mountPath(name);
      if (mounts.has(name)) throw refuse(`there is a folder /mnt/${name} already.`);
      mounts.set(name, await openHostFolder(folder));
    } catch (error) {
      if (!(error instanceof SandboxError) || error.code === 'USAGE') throw error;
      throw refuse(`${error.message} ${error.hint ?? ''}`.trimEnd(), error);
    }
  }
  return mounts;
}
