/**
 * An MCP client whose only server is `mcp-cli serve`: as an agent's host starts it, with two real
 * servers behind it. Ends with what the agent would read.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const { resolve } = createRequire(import.meta.url);
const packageFile = (name: string, file: string) =>
  path.join(path.dirname(resolve(`${name}/package.json`)), file);
const project = mkdtempSync(path.join(tmpdir(), 'client-'));
const node = (script: string, ...args: string[]) => ({
  command: process.execPath,
  args: [script, ...args],
});

// What an agent's user has: a configuration of servers, and files.
const mcpServers = {
  files: node(packageFile('@modelcontextprotocol/server-filesystem', 'dist/index.js'), project),
  memory: node(packageFile('@modelcontextprotocol/server-memory', 'dist/index.js')),
};
const policy = { ask: ['files.write_file'] };
writeFileSync(path.join(project, 'servers.json'), JSON.stringify({ mcpServers, policy }));
for (const [name, words] of Object.entries({ one: 'a b c', two: 'd e', three: 'f g h i' })) {
  writeFileSync(path.join(project, `${name}.txt`), words);
}

/** As a host does: one process for the conversation, ended with it. */
async function connect(): Promise<Client> {
  const client = new Client({ name: 'example', version: '1.0.0' });
  const serve = [packageFile('@org/cli', 'bin/mcp-cli.js'), 'serve', '--config', 'servers.json'];
  await client.connect(
    new StdioClientTransport({
      ...node(...(serve as [string, ...string[]])),
      cwd: project,
      env: { PATH: process.env.PATH ?? '', HOME: project },
    }),
  );
  return client;
}

// biome-ignore lint/suspicious/noExplicitAny: the answer's shape is asserted below.
type Answer = any;

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<Answer> {
  return (await client.callTool({ name, arguments: args })).structuredContent;
}

try {
  const first = await connect();
  const { tools } = await first.listTools();
  assert.deepEqual(tools.map(({ name }) => name).toSorted(), [
    ...['execute_code', 'list_skills', 'resume_run', 'run_skill', 'search_tools'],
  ]);

  const found = await call(first, 'search_tools', { query: 'read a text file' });
  assert.match(found.imports.join('\n'), /from '.\/servers\/files'/u);

  const counted = await call(first, 'execute_code', {
    code: `import { read_text_file } from './servers/files';
      const names = ['one', 'two', 'three'];
      const texts = await Promise.all(names.map((name) => read_text_file({ path: name + '.txt' })));
      const words = texts.map(({ content }) => content.split(' ').length);
      await setState('words', words);
      return { most: names[words.indexOf(Math.max(...words))] };`,
  });
  assert.deepEqual(counted.value, { most: 'three' });

  // A call that the policy asks about waits, in the record of its run, for a person.
  const waiting = await call(first, 'execute_code', {
    code: `import { write_file } from './servers/files';
      await write_file({ path: 'four.txt', content: String(await getState('words')) });
      return 'written';`,
  });
  assert.equal(waiting.status, 'suspended');
  assert.deepEqual(waiting.questions[0].params, { path: 'four.txt', content: '3,2,4' });
  await first.close();

  // The conversation is over, and another one finds state and run as they were.
  const second = await connect();
  const kept = await call(second, 'execute_code', { code: `return getState('words')` });
  assert.deepEqual(kept.value, [3, 2, 4]);
  const refused = await call(second, 'resume_run', {
    runId: waiting.runId,
    decision: 'refuse',
  });
  assert.equal(refused.error.code, 'NOT_ALLOWED');
  await second.close();

  console.log(`Answered: ${JSON.stringify(counted.value)}`);
  console.log(
    `Asked about: ${waiting.questions[0].call} ${JSON.stringify(waiting.questions[0].params)}`,
  );
  console.log(`Kept for the next conversation: ${JSON.stringify(kept.value)}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
