import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test('extension.ts gives a program a function of the host', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [file('extension.ts')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('true\n3\n');
});

test('docs/library.md shows the extension as it is', () => {
  const source = readFileSync(file('extension.ts'), 'utf8');
  const shown = source.slice(source.indexOf('const extensions'), source.indexOf('console.log'));
  expect(readFileSync(file('../../docs/library.md'), 'utf8')).toContain(shown.trim());
});
