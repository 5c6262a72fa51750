import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('approval.ts orders what was approved, once each', () => {
  const script = path.join(import.meta.dirname, 'approval.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(output).toBe(`0 ordered: the run waits in its record
0 ordered: the call is approved
1 ordered: the run has gone on to its end
1 ordered: the plan says what it would order
2 ordered: the approved plan is carried out
2 ordered: a refused call is not sent
`);
});
