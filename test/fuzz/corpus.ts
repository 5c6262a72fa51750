import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from './target.ts';

const folder = path.join(import.meta.dirname, 'corpus');

const fileOf = ({ name }: Target): string =>
  path.join(folder, `${name.replaceAll(/[^a-z]+/gu, '-')}.txt`);

/** Inputs that are kept in the repository, one in base64 on each line. */
export function readCorpus(target: Target): Uint8Array[] {
  const file = fileOf(target);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'base64'));
}

export function writeCorpus(target: Target, inputs: readonly Uint8Array[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = inputs.map((input) => `${Buffer.from(input).toString('base64')}\n`);
  writeFileSync(fileOf(target), lines.join(''));
}
