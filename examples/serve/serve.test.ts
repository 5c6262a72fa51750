import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('client.ts has mcp-cli as its only server', () => {
  const file = fileURLToPath(new URL('client.ts', import.meta.url));
  const output = execFileSync(process.execPath, [file], { encoding: 'utf8' });
  expect(output).toBe(`Answered: {"most":"three"}
Asked about: files.write_file {"path":"four.txt","content":"3,2,4"}
Kept for the next conversation: [3,2,4]
`);
});
