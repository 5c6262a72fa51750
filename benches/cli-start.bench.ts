import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './measure.ts';
import { record, timing } from './record.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const cli = path('../packages/cli/bin/mcp-cli.js');
const everything = path('../node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const folder = mkdtempSync(join(tmpdir(), 'cli-start-'));

/** @returns where the server listens */
async function startServer(): Promise<{ readonly url: string; stop(): void }> {
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn(process.execPath, [everything, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`The server ended: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes(`port ${port}`)) resolve();
    });
  });
  return { url: `http://127.0.0.1:${port}/mcp`, stop: () => child.kill() };
}

/** Runs Node to its end. @throws when it does not write `expected` */
async function run(args: readonly string[], expected: string): Promise<void> {
  const env = { ...process.env, MCP_CLI_CACHE: join(folder, 'cache') };
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [seen, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    seen += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  if (!seen.includes(expected)) throw new Error(`${args} wrote ${seen} ${complaint}`);
}

const server = await startServer();
try {
  writeFileSync(
    join(folder, 'servers.json'),
    JSON.stringify({ mcpServers: { everything: { type: 'http', url: server.url } } }),
  );
  writeFileSync(join(folder, 'plain.ts'), 'export default 6 * 7;');
  writeFileSync(
    join(folder, 'calls.ts'),
    "import { get_sum } from './servers/everything'; export default await get_sum({ a: 40, b: 2 });",
  );
  const subjects = [
    ['node -e 0', ['-e', '0'], ''],
    ['mcp-cli --help', [cli, '--help'], 'USAGE'],
    ['mcp-cli execute, no calls', [cli, 'execute', 'plain.ts'], '42'],
    [
      'mcp-cli execute, one call to a running HTTP server',
      [cli, 'execute', 'calls.ts', '--config', 'servers.json'],
      '42',
    ],
  ] as const;
  const timed = Object.fromEntries(
    subjects.map(([name, args, expected]) => [name, { run: () => run(args, expected) }]),
  );
  const samples = await compare(timed, { ms: 4_000, least: 9 });
  record(
    'cli-start',
    'How long does a command take, from the start of its process to its end, with warm caches?',
    subjects.map(([name]) =>
      timing(name, name === 'node -e 0' ? 'node alone' : 'ours', samples[name] as number[]),
    ),
  );
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
