import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('fork.ts goes on five ways from one reading of its data', () => {
  const script = path.join(import.meta.dirname, 'fork.ts');
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toMatchInlineSnapshot();
});
