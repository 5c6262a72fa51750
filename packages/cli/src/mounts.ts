import path from 'node:path';
import { string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { type HostFolder, mountPath, openHostFolder } from '@org/vfs';

/** `--mount`, of commands that read a program and what it imports. */
export const mountFlag = string({
  multiple: true,
  multipleNonGreedy: true,
  helpValue: '<folder>[:<name>]',
  summary:
    'Let the program read this folder, as /mnt/<name>. Default name: that of the folder. May be given several times.',
});

/** The parts of one `--mount`. */
export function splitMount(text: string): { readonly folder: string; readonly name: string } {
  const at = text.lastIndexOf(':');
  const folder = at < 0 ? text : text.slice(0, at);
  return { folder, name: at < 0 ? path.basename(path.resolve(folder)) : text.slice(at + 1) };
}

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
