import { statSync } from 'node:fs';
import { SandboxError } from '@org/core';
import { givenFlag } from './given-flag.ts';

/**
 * The file of `--config` in words as they are typed.
 * @throws SandboxError `CONFIG_NOT_FOUND`
 */
export function configFileOf(before: readonly string[]): string | undefined {
  const configPath = givenFlag(before, '--config', '-c');
  if (configPath === undefined || isFile(configPath)) return configPath;
  throw new SandboxError('CONFIG_NOT_FOUND', `There is no file ${configPath}.`);
}

/** A pipe would keep the shell waiting, and what is read from it would be gone. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
