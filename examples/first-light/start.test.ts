import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const start = fileURLToPath(new URL('start.ts', import.meta.url));

test('npm start shows the tree, the calls, the result and the counted tokens', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [start], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('read_text_file.ts');
  expect(stdout).toContain('[info] 660 orders in 6 files, 58 refunds');
  expect(stdout.match(/^done files\.read_text_file/gm)).toHaveLength(6);
  expect(stdout).toContain('"order": "11251"');
  expect(stdout).toContain('The sum of 944.95 and 906.91 is');
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const counted = /^tools called directly .*?^sum .*?$/msu.exec(stdout)?.[0];
  expect(counted && readme.includes(counted), counted).toBe(true);
  const spared = /^([\d,]+) tokens stayed out of the context\.$/m.exec(stdout);
  expect(Number(spared?.[1]?.replaceAll(',', ''))).toBeGreaterThan(15_000);
});
