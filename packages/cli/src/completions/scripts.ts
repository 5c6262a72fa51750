import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletedCommand } from './words.ts';
import { zshScript } from './zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * A script that a shell reads at its start, after which it completes commands, flags and values. Names
 * it asks `mcp-cli complete` for, and never lets the shell read them as code.
 */
export function completionScript(
  shell: Shell,
  bin: string,
  commands: readonly CompletedCommand[],
): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return scripts[shell](bin, commands);
}
