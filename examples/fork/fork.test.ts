import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('fork.ts goes on five ways from one reading of its data', () => {
  const script = path.join(import.meta.dirname, 'fork.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(output).toBe(`read 1 time; 184.1 184.1 167.0 179.7 156.8
best: 184.1
`);
});
