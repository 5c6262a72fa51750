/**
 * What two tasks cost an agent in tokens (o200k), done with direct calls and done with a program: what it
 * reads of the tools, what it writes, and what comes back. One is cheaper as a program; the other is not.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { official, Project } from '../project.ts';

const here = (name: string) => path.join(import.meta.dirname, name);
const servers = { files: official('filesystem', '.'), everything: official('everything') };
using project = new Project(
  servers,
  here('programs/refunds.ts'),
  here('programs/sum.ts'),
  here('../first-light/orders'),
);
const sum = (texts: readonly string[]) =>
  texts.reduce((tokens, text) => tokens + countTokens(text), 0);

interface Call {
  readonly tool: string;
  readonly args: Record<string, unknown>;
}

/** Done by the agent itself: the definitions of `shown` tools, its calls, and their answers. */
async function directly(server: keyof typeof servers, calls: readonly Call[], shown?: string) {
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ ...servers[server], cwd: project.folder, stderr: 'ignore' }),
  );
  const { tools } = await client.listTools();
  const answers: string[] = [];
  for (const { tool, args } of calls) {
    const { content } = await client.callTool({ name: tool, arguments: args });
    answers.push(JSON.stringify(content));
  }
  await client.close();
  const seen = tools.filter(({ name }) => shown === undefined || name === shown);
  const written = calls.map((call) => JSON.stringify(call));
  return { answers, tokens: sum([JSON.stringify(seen), ...written, ...answers]) };
}

/** Done by a program: what the search shows, the program, and its result. */
function asProgram(search: string, program: string) {
  const found = project.cli(['tools', 'search', search]);
  const result = project.cli(['execute', program]);
  return { result: JSON.parse(result), tokens: sum([found, project.read(program), result]) };
}

// Six files are read, and two figures come back.
const months = ['01', '02', '03', '04', '05', '06'].map((month) => `orders/2026-${month}.csv`);
const read = months.map((file) => ({ tool: 'read_text_file', args: { path: file } }));
const direct = await directly('files', read);
const text = direct.answers.map((answer) => JSON.parse(answer)[0].text).join('\n');
const program = asProgram('read a text file', 'refunds.ts');
assert.equal(program.result.refunds, text.match(/,refunded,/gu)?.length);
assert.ok(program.tokens * 10 < direct.tokens);

// One small call, by a host that shows the model this one tool.
const add = [{ tool: 'get-sum', args: { a: 17.5, b: 24.75 } }];
const called = await directly('everything', add, 'get-sum');
const added = asProgram('add two numbers', 'sum.ts');
assert.ok(called.answers[0]?.includes(added.result));
assert.ok(called.tokens < added.tokens);

console.log(`six files: ${direct.tokens} tokens directly, ${program.tokens} as a program`);
console.log(`one sum:   ${called.tokens} tokens directly, ${added.tokens} as a program`);
