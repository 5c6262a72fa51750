import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test('embed.ts runs a program against a real server', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [file('embed.ts')], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('The sum of 41 and 1 is 42.\n');
});

test('README shows embed.ts as it is', () => {
  const readme = readFileSync(file('../../README.md'), 'utf8');
  expect(readme).toContain(readFileSync(file('embed.ts'), 'utf8'));
});
