import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';

export type NodeMajor = 24 | 26;
export const nodeMajors: readonly NodeMajor[] = [24, 26];

/** Where the installation puts them; Node 24 exists there for Linux only. */
const installed: Readonly<Record<NodeMajor, string>> = {
  24: path.join(import.meta.dirname, 'node_modules/.bin/node'),
  26: path.join(import.meta.dirname, '../node_modules/.bin/node'),
};

/**
 * The executable of a Node major that the packages support: the one in `NODE_24` or `NODE_26`, or
 * else the installed one.
 * @throws Error when it is missing or of another major
 */
export function nodeOf(major: NodeMajor): string {
  const variable = `NODE_${major}`;
  const file = process.env[variable] ?? installed[major];
  let version: string;
  try {
    version = execFileSync(file, ['--version'], { encoding: 'utf8' }).trim();
  } catch (cause) {
    throw new Error(
      `There is no Node ${major} at ${file}. Install with "npm run setup", or name one in ${variable}.`,
      { cause },
    );
  }
  if (!version.startsWith(`v${major}.`)) {
    throw new Error(`${file} is Node ${version}. Name one of major ${major} in ${variable}.`);
  }
  return realpathSync(file);
}
