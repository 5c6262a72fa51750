import path from 'node:path';
import { string } from '@oclif/core/flags';

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
