import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the tables of the README files say what benches/results says', () => {
  const table = fileURLToPath(new URL('../benches/table.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [table, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
