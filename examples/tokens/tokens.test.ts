import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('tokens.ts counts a task that is cheaper as a program, and one that is not', () => {
  const script = path.join(import.meta.dirname, 'tokens.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  const [files = [], one = []] = output.split('\n').map((line) => line.match(/\d+/gu)?.map(Number));
  expect(files[0]).toBeGreaterThan(10 * (files[1] ?? Number.NaN));
  expect(one[0]).toBeLessThan(one[1] ?? Number.NaN);
});
