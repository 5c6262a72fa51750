import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('workflow.ts leads from two servers to a skill', () => {
  const script = path.join(import.meta.dirname, 'workflow.ts');
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toMatchInlineSnapshot();
});
