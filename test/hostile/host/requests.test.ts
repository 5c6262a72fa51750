import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requests } from './attacks/requests.ts';

const bin = path.resolve(import.meta.dirname, '../../../packages/cli/bin/mcp-cli.js');
const canaries = ['canary-of-the-environment-5f1c', 'canary-of-a-server-77ab'] as const;

let folder: string;
let server: ChildProcess;
let url: URL;
let log = '';
const known = { token: '', stolen: '', metrics: '', victim: '', own: '', mine: '' };

const environment = () => ({
  PATH: process.env.PATH,
  HOME: folder,
  SECRET_OF_THE_USER: canaries[0],
});

async function addToken(...args: string[]): Promise<string> {
  const command = [bin, 'serve', 'token', 'add', ...args];
  const options = { cwd: folder, env: environment() };
  const { stdout } = await promisify(execFile)(process.execPath, command, options);
  return stdout.trim();
}

function post(message: object, token: string, session?: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

async function openSession(token: string): Promise<string> {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'good', version: '1' },
  };
  const response = await post({ id: 0, method: 'initialize', params }, token);
  await response.text();
  const session = response.headers.get('mcp-session-id') ?? '';
  await post({ method: 'notifications/initialized' }, token, session);
  return session;
}

/** Runs a program as the client that was attacked. */
async function goodRun(): Promise<string> {
  const params = { name: 'execute_code', arguments: { code: 'return 6 * 7 + ({}.polluted ?? 0)' } };
  const response = await post({ id: 1, method: 'tools/call', params }, known.mine, known.victim);
  const data = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  const answer = JSON.parse((data.at(-1) ?? 'data: {}').slice('data: '.length));
  return answer.result?.content?.[0]?.text ?? JSON.stringify(answer);
}

/** All that comes back until the other side has had enough. */
async function send(text: string): Promise<string> {
  const socket = connect({ port: Number(url.port), host: '127.0.0.1' });
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  // An answer may come, and the connection end, before all is sent.
  socket.on('error', () => {});
  socket.write(Buffer.from(text, 'latin1'));
  await once(socket, 'close').catch(() => {});
  return answer;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hostile-requests-'));
  const script = path.join(import.meta.dirname, '../fixtures/tools-server.ts');
  const tools = { command: process.execPath, args: [script], env: { TOKEN: canaries[1] } };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { tools } }));
  known.mine = await addToken('victim');
  known.token = await addToken('attacker');
  known.metrics = await addToken('prometheus', '--for', 'metrics');
  known.stolen = known.mine.slice('mcp_victim_'.length);
  server = spawn(process.execPath, [bin, 'serve', '--http', '0'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listening = Promise.withResolvers<URL>();
  createInterface({ input: server.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    log += `${line}\n`;
    const [, own] = /"urls":\["([^"]+)"/u.exec(line) ?? [];
    if (own !== undefined) listening.resolve(new URL(own));
  });
  void once(server, 'exit').then(() => listening.reject(new Error(`It has ended:\n${log}`)));
  listening.promise.catch(() => {});
  url = await listening.promise;
  known.victim = await openSession(known.mine);
  known.own = await openSession(known.token);
});

afterAll(async () => {
  server.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const cases = requests.flatMap(({ status, requests: all }) =>
  Object.entries(all).map(([name, text]) => ({ name, text, status })),
);

describe('requests to mcp-cli serve --http', () => {
  test.each(cases)('$name: $status', async ({ text, status }) => {
    const sent = text.replaceAll(
      /\$(token|stolen|metrics|victim|own)/gu,
      (_, name: keyof typeof known) => known[name],
    );
    const answer = await send(sent);
    const [, told = 'closed'] = /^HTTP\/1\.1 (\d+)/u.exec(answer) ?? [];
    expect(told).toBe(`${status}`);
    // Nothing of a second request that was smuggled in is answered.
    expect(answer.match(/^HTTP\/1\.1 /gmu)?.length ?? 0).toBe(status === 'closed' ? 0 : 1);
    for (const secret of [...canaries, known.stolen, folder, 'access-control-allow']) {
      expect(answer.toLowerCase()).not.toContain(secret.toLowerCase());
    }
    expect(await goodRun()).toBe('42');
  });

  test('leave nothing behind: no request under way, no secret in the log, and it ends as asked', async () => {
    const headers = { authorization: `Bearer ${known.metrics}` };
    const metrics = await fetch(new URL('/metrics', url), { headers });
    expect(await metrics.text()).toContain('mcp_cli_requests_in_flight 0');
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    for (const secret of [...canaries, known.stolen]) expect(log).not.toContain(secret);
  });
});
