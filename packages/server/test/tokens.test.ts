import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { instructionsFor } from '../src/instructions.ts';
import { connect, openHost, openServer } from './harness.ts';

test('instructionsFor() takes at most 400 tokens, however many servers there are', () => {
  for (const count of [0, 1, 5, 24, 500]) {
    const servers = Array.from({ length: count }, (_, index) => `issue-tracker-${index}`);
    expect(countTokens(instructionsFor(servers)), String(count)).toBeLessThanOrEqual(400);
  }
  const long = Array.from({ length: 30 }, (_, index) => `${'x9'.repeat(100)}${index}`);
  expect(countTokens(instructionsFor(long))).toBeLessThanOrEqual(400);
  expect(instructionsFor(['github', 'files'])).toContain('Servers: github, files.');
});

test('tools/list takes at most 1,500 tokens', async () => {
  const client = await connect(openServer(await openHost()), { era: 'modern' });
  const { tools } = await client.listTools();
  const tokens = countTokens(JSON.stringify(tools));
  process.stdout.write(`tools/list: ${tokens} tokens\n`);
  expect(tokens).toBeLessThanOrEqual(1_500);
  expect(tools.map(({ name }) => name)).toEqual([
    'execute_code',
    'search_tools',
    'list_skills',
    'run_skill',
    'resume_run',
  ]);
  for (const { name, annotations, outputSchema, title } of tools) {
    expect(annotations, name).toHaveProperty('readOnlyHint');
    expect(outputSchema, name).toMatchObject({ type: 'object' });
    expect(title, name).toBeDefined();
  }
});
