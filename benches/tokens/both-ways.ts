import { deepStrictEqual } from 'node:assert';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createBridge } from '@org/bridge';
import { generateServerFiles, serverFolders } from '@org/codegen';
import type { JsonValue } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';
import { instructions, type Lookup } from './agent.ts';
import { configure, serverStart, workFolder } from './servers.ts';
import type { Call, Task } from './tasks.ts';
import { Transcript } from './transcript.ts';

/** A task as it was done: what passed the context, what was answered, what was left behind. */
interface Done {
  readonly transcript: Transcript;
  readonly answer: JsonValue;
  readonly written: string;
}

export interface BothWays {
  /** With the definitions of all tools of the task's servers. */
  readonly direct: Transcript;
  /** With those of the tools alone that are used, as if somebody had known which. */
  readonly directUsed: Transcript;
  readonly program: Transcript;
}

/** An empty workplace; the same path each time, so that it takes the same tokens. */
function workplace(task: Task): string {
  const base = join(tmpdir(), 'mcp-cli-tokens', task.name);
  rmSync(base, { recursive: true, force: true });
  mkdirSync(workFolder(base), { recursive: true });
  return base;
}

/** What the tools have written. */
function leftBehind(base: string): string {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  };
  return read(join(workFolder(base), 'CHANGELOG.md')) + read(join(base, 'memory.jsonl'));
}

interface Definition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
}

/** As a model is told of tools. */
function definitionText(tools: readonly Definition[]): string {
  return JSON.stringify(
    tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  );
}

async function doDirectly(task: Task): Promise<Done & { readonly used: Transcript }> {
  const base = workplace(task);
  const folder = workFolder(base);
  await task.prepare(folder);
  const clients = new Map<string, Client>();
  try {
    const definitions = new Map<string, readonly Definition[]>();
    for (const server of task.servers) {
      const client = new Client({ name: 'agent', version: '1.0.0' });
      clients.set(server, client);
      const { command, args, env } = serverStart(server, base);
      const inherited = { ...(process.env as Record<string, string>), ...env };
      await client.connect(
        new StdioClientTransport({ command, args: [...args], env: inherited, stderr: 'ignore' }),
      );
      definitions.set(server, (await client.listTools()).tools);
    }
    const exchanges: { readonly written: string[]; readonly read: string[] }[] = [];
    const used = new Set<string>();
    const call: Call = async (server, tool, params) => {
      const { content, isError } = await (clients.get(server) as Client).callTool({
        name: tool,
        arguments: { ...params },
      });
      const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      if (isError === true) throw new Error(`${server}.${tool}: ${text}`);
      return text;
    };
    const answer = await task.direct(async (...calls) => {
      const texts = await Promise.all(calls.map((one) => call(...one)));
      for (const [server, tool] of calls) used.add(`${server}.${tool}`);
      exchanges.push({
        written: calls.map(([, name, params]) => JSON.stringify({ name, arguments: params })),
        read: texts,
      });
      return texts;
    }, folder);
    const transcriptWith = (keep: (server: string, tool: string) => boolean) => {
      const shown = [...definitions].map(([server, tools]) =>
        definitionText(tools.filter(({ name }) => keep(server, name))),
      );
      const transcript = new Transcript(...shown, task.question(folder));
      for (const { written, read } of exchanges) transcript.turn(written, read);
      transcript.turn([JSON.stringify(answer)], []);
      return transcript;
    };
    return {
      transcript: transcriptWith(() => true),
      used: transcriptWith((server, tool) => used.has(`${server}.${tool}`)),
      answer,
      written: leftBehind(base),
    };
  } finally {
    for (const client of clients.values()) await client.close();
  }
}

async function doByProgram(task: Task, lookup: Lookup): Promise<Done> {
  const base = workplace(task);
  const folder = workFolder(base);
  await task.prepare(folder);
  const question = task.question(folder);
  const transcript = new Transcript(instructions, question);
  const looked = await Promise.all(task.searches.map((query) => lookup.search(query)));
  transcript.turn(
    looked.map(({ written }) => written),
    looked.map(({ read }) => read),
  );
  const source = await readFile(new URL(`programs/${task.name}.ts`, import.meta.url), 'utf8');
  const imported = [...source.matchAll(/import \{ (.*) \} from '(.*)'/gu)];
  for (const [, names = '', module = ''] of imported) {
    for (const name of names.split(', ')) {
      const shown = looked.some(({ read }) =>
        new RegExp(`import \\{[^}]*\\b${name}\\b.*${module}`, 'u').test(read),
      );
      if (!shown) throw new Error(`The searches of ${task.name} do not show ${name}.`);
    }
  }
  await using bridge = createBridge({ servers: await configure(task.servers, base), introspect });
  const files = createFileSystem();
  for (const [server, name] of serverFolders(bridge.servers)) {
    files.publish(generateServerFiles(await bridge.catalog(server), name));
  }
  await using sandbox = await createSandbox({ tools: bridge, files });
  const args = { folder };
  const outcome = await sandbox.run(source, { name: 'program.ts', args });
  if (outcome.status !== 'returned') throw new Error(JSON.stringify(outcome));
  const answer = outcome.value ?? null;
  const command = `mcp-cli execute program.ts --args '${JSON.stringify(args)}'`;
  transcript.turn([source, command], [JSON.stringify(answer, null, 2)]);
  transcript.turn([JSON.stringify(answer)], []);
  return { transcript, answer, written: leftBehind(base) };
}

/** Does a task by direct calls and by a program. @throws AssertionError where they differ */
export async function bothWays(task: Task, lookup: Lookup): Promise<BothWays> {
  const direct = await doDirectly(task);
  const program = await doByProgram(task, lookup);
  deepStrictEqual(program.answer, direct.answer, task.name);
  deepStrictEqual(program.written, direct.written, task.name);
  return { direct: direct.transcript, directUsed: direct.used, program: program.transcript };
}
