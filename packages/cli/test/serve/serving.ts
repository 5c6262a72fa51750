import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished } from 'vitest';
import { serverEnv } from '../../../../test/server-env.ts';
import type { ServerEntry, Workshop } from '../harness.ts';

export const bin = path.resolve(import.meta.dirname, '../../bin/mcp-cli.js');

/** A server that keeps a ledger of its calls in the workshop's file `ledger`. */
export const ledger = (workshop: Workshop): ServerEntry => ({
  command: process.execPath,
  args: [path.resolve(import.meta.dirname, '../fixtures/ledger-server.ts')],
  env: { ...serverEnv, LEDGER: workshop.path('ledger') },
});

export const environment = (workshop: Workshop) => ({
  PATH: process.env.PATH ?? '',
  HOME: workshop.folder,
});

/** A command beside one that serves. Rejects where its exit code is not 0. */
export const command = (workshop: Workshop, args: readonly string[]) =>
  promisify(execFile)(process.execPath, [bin, ...args], {
    cwd: workshop.folder,
    env: environment(workshop),
  });

/** What a tool of the server answered. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads a document of the shape it asserts.
export type Answer = any;

export interface Connected {
  readonly client: Client;
  /** The structured answer of a tool. */
  call(name: string, args?: object): Promise<Answer>;
  run(code: string, more?: object): Promise<Answer>;
}

const clientOptions = { capabilities: {} };

function connected(client: Client): Connected {
  const call = async (name: string, args: object = {}) => {
    const result = await client.callTool({ name, arguments: { ...args } });
    return result.structuredContent as Answer;
  };
  return { client, call, run: (code, more) => call('execute_code', { code, ...more }) };
}

export interface OverStdio extends Connected {
  readonly pid: number;
  /** All that came on stderr. */
  errors(): string;
}

/** `mcp-cli serve`, started as a client starts it. */
export async function overStdio(
  workshop: Workshop,
  args: readonly string[] = [],
  client = new Client({ name: 'test', version: '1' }, clientOptions),
  env: Readonly<Record<string, string>> = {},
): Promise<OverStdio> {
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [bin, 'serve', ...args] },
    ...{ cwd: workshop.folder, env: { ...environment(workshop), ...env }, stderr: 'pipe' },
  });
  let errors = '';
  transport.stderr?.on('data', (chunk) => {
    errors += String(chunk);
  });
  onTestFinished(() => client.close());
  await client.connect(transport).catch((error) => {
    throw new Error(`${error}\n${errors}`);
  });
  return { ...connected(client), pid: transport.pid as number, errors: () => errors };
}

export interface OverHttp {
  readonly url: string;
  readonly pid: number;
  connect(token?: string): Promise<Connected>;
  /** Ends it as a service is ended, and gives its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  errors(): string;
}

export async function overHttp(
  workshop: Workshop,
  args: readonly string[] = [],
): Promise<OverHttp> {
  const child = spawn(process.execPath, [bin, 'serve', '--http', '0', ...args], {
    ...{ cwd: workshop.folder, env: environment(workshop), stdio: ['ignore', 'pipe', 'pipe'] },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let [errors, output, url] = ['', '', ''];
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors += `${line}\n`;
    url ||= /"urls":\["([^"]+)"/u.exec(line)?.[1] ?? '';
  });
  await expect
    .poll(() => url !== '' || child.exitCode !== null, { timeout: 30_000, interval: 10 })
    .toBe(true);
  if (url === '') throw new Error(`It does not serve:\n${errors}`);
  const closed = once(child, 'close');
  return {
    ...{ url, pid: child.pid as number, errors: () => errors },
    connect: async (token) => {
      const client = new Client({ name: 'test', version: '1' }, clientOptions);
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      onTestFinished(() => client.close());
      await client.connect(
        new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
      );
      return connected(client);
    },
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code] = await closed;
      expect(output).toBe('');
      return code;
    },
  };
}
