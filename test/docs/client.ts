/**
 * What docs/serve.md shows: `node client.ts <program> [pointer] …` prints what a client of `mcp-cli serve`
 * gets for a program; with pointers, the call that reads these parts of its result, once it was answered.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [, , program = '', ...select] = process.argv;
const { PATH = '', HOME = '' } = process.env;
const client = new Client({ name: 'pages', version: '1.0.0' });
await client.connect(
  new StdioClientTransport({ command: 'mcp-cli', args: ['serve'], env: { PATH, HOME } }),
);
const code = readFileSync(program, 'utf8');
const { structuredContent } = await client.callTool({
  name: 'execute_code',
  arguments: { code, maxTokens: 300 },
});
if (select.length === 0) console.log(JSON.stringify(structuredContent, null, 2));
else {
  const { runId } = structuredContent as { readonly runId: string };
  const request = { name: 'resume_run', arguments: { runId, select } };
  const part = await client.callTool(request);
  assert.equal((part.structuredContent as { readonly status: string }).status, 'returned');
  console.log(JSON.stringify(request, null, 2));
}
await client.close();
