// The server as a process, as an agent starts it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { call, eras, eventually, everything } from './harness.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/serve-stdio.ts');
const options = JSON.stringify({ servers: everything });

const slow = `import { trigger_long_running_operation } from './servers/everything';
return await trigger_long_running_operation({ duration: 600, steps: 2 });`;

/** A process that is spoken to in lines. */
function start(): {
  readonly child: ChildProcess;
  readonly stdout: string[];
  readonly stderr: string[];
  readonly ended: Promise<number | null>;
  send(message: object | string): void;
  initialize(): Promise<void>;
} {
  const child = spawn(process.execPath, [fixture, options]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const send = (message: object | string) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    child.stdin.write(`${text}\n`);
  };
  return {
    child,
    stdout,
    stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
    send,
    initialize: async () => {
      await eventually(() => stderr).toContain('ready');
      send(
        request(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }),
      );
      await eventually(() => stdout.length).toBe(1);
      send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    },
  };
}

const clientInfo = { name: 'raw', version: '1' };
const request = (id: number, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const execute = (id: number, args: object) =>
  request(id, 'tools/call', { name: 'execute_code', arguments: args });
const answerOf = (lines: readonly string[], id: number) =>
  lines.map((line) => JSON.parse(line)).find((message) => message.id === id);

test.each(eras)('an agent starts the server and works with it, %s', async (era) => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [fixture, options],
    stderr: 'ignore',
  });
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  await client.connect(transport);
  expect(client.getInstructions()).toContain('Servers: everything.');
  const found = await call<{ imports: string[] }>(client, 'search_tools', { query: 'add numbers' });
  const code = `${found.answer.imports[0]}\nreturn await get_sum({ a: 20, b: 22 });`;
  const { answer } = await call(client, 'execute_code', { code });
  expect(JSON.stringify(answer.value)).toContain('42');
});

test('the end of the input ends the server, its runs and its servers', async () => {
  const { child, stdout, stderr, ended, send, initialize } = start();
  await initialize();
  send(execute(1, { code: slow }));
  send(execute(2, { code: 'return 1' }));
  await eventually(() => answerOf(stdout, 2)).toBeDefined();
  child.stdin?.end();
  expect(await ended).toBe(0);
  expect(stderr).toContain('closed with 0 runs');
  expect(stderr.at(-1)).toBe('ended');
});

test('an output that nobody reads ends the server', async () => {
  const { child, stderr, ended, send, initialize } = start();
  await initialize();
  child.stdout?.destroy();
  for (let id = 1; id < 5; id++) send(request(id, 'tools/list'));
  expect(await ended).toBe(0);
  expect(stderr.at(-1)).toBe('ended');
});

test('what is no message, or nested without end, leaves the server as it was', async () => {
  const { stdout, send, initialize } = start();
  await initialize();
  send('not JSON at all');
  send('{"jsonrpc": "2.0"}');
  send('[]');
  send(
    `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"execute_code","arguments":{"code":"return 1","args":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}}`,
  );
  send(
    execute(8, {
      code: 'return 1',
      args: { deep: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) },
    }),
  );
  send(execute(9, { code: "console.log('to stdout?'); return 'still here'" }));
  await eventually(() => answerOf(stdout, 9)).toBeDefined();
  expect(answerOf(stdout, 9).result.structuredContent.value).toBe('still here');
  for (const line of stdout) expect(JSON.parse(line)).toHaveProperty('jsonrpc');
});

test('a message of over 10 MiB ends the connection, and the server with it', async () => {
  const { child, ended, send, initialize } = start();
  await initialize();
  child.stdin?.on('error', () => {});
  send(execute(1, { code: `return "${'x'.repeat(11_000_000)}"` }));
  expect(await ended).toBe(0);
});
