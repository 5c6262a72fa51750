import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('workflow.ts leads from two servers to a skill', () => {
  const script = path.join(import.meta.dirname, 'workflow.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(output).toBe(`introspect   what the two servers offer, read_text_file among it
generate     each tool is a typed function, in a file of its own
check        'file' is no parameter of read_text_file; with 'path' there is no error
execute      {"refunds":58,"above":["11251","11015","10035","11235","11229"]}
skill run    {"refunds":58,"above":["11251"]}
run show     7 calls, with what each took
run replay   the same calls, result, logs and fuel, without a server
`);
});
