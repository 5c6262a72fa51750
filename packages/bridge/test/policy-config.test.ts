import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readServerConfig } from '../src/index.ts';
import { scratchFolder } from './harness.ts';

async function policyOf(policy: string): Promise<unknown> {
  const cwd = await scratchFolder();
  await writeFile(path.join(cwd, '.mcp.json'), `{"mcpServers": {}, "policy": ${policy}}`);
  return (await readServerConfig({ cwd, env: {} })).policy;
}

test('a policy is read as it is written; one pattern may stand for a list', async () => {
  const policy = {
    allow: ['files.read_*'],
    ask: 'files.*',
    default: 'deny',
    trustAnnotations: true,
    learn: ['files'],
    cacheTtlMs: 1_000,
    rates: [{ tools: '*', calls: 5, intervalMs: 1_000, share: 'server' }],
    resultCheck: 'strict',
    discover: { 'files.list': [{ path: '.' }], 'files.stat': { path: 'a' } },
  };
  expect(await policyOf(JSON.stringify(policy))).toEqual({
    ...policy,
    ask: ['files.*'],
    discover: new Map([
      ['files.list', [{ path: '.' }]],
      ['files.stat', [{ path: 'a' }]],
    ]),
  });
});

test.each([
  ['a misspelt rule, which would protect nothing', '{"denny": ["*"]}', 'one of allow, ask, deny'],
  ['a key of every object', '{"__proto__": ["*"]}', 'one of allow, ask, deny'],
  ['a pattern that is no text', '{"deny": ["a", 5]}', 'a list of patterns for "deny"'],
  ['an action that there is not', '{"default": "maybe"}', 'one of "allow", "ask", "deny"'],
  ['a number that is a text', '{"cacheTtlMs": "5"}', 'a number for "cacheTtlMs"'],
  ['rates that are no list', '{"rates": {}}', 'a list of rates for "rates"'],
  ['a rate without its interval', '{"rates": [{"tools": "*", "calls": 1}]}', '"intervalMs"'],
  ['a rate of no tools', '{"rates": [{"tools": 1}]}', 'a pattern for "tools"'],
  ['a rate with more', '{"rates": [{"tool": "*"}]}', 'one of tools, calls, intervalMs, share'],
  ['a sample that is no object', '{"discover": {"a.b": ["x"]}}', 'a list of parameters'],
  ['no object', '["*"]', 'an object for "policy"'],
])('%s is refused', async (_, policy, expected) => {
  await expect(policyOf(policy)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(`expected ${expected}`.slice(0, 40)),
  });
});
