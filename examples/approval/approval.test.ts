import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('approval.ts orders what was approved, once each', () => {
  const script = path.join(import.meta.dirname, 'approval.ts');
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toMatchInlineSnapshot();
});
