import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromJsonSchema, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { test as base, expect } from 'vitest';
import type { HttpClient } from '../../src/http/client.ts';
import type { HttpOptions, HttpServing } from '../../src/http/http-options.ts';
import { createLog } from '../../src/http/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { serveHttp } from '../../src/http/serve-http.ts';
import { openTokenStore, type TokenStore } from '../../src/http/token-store.ts';

/** Waits for a condition, however slow the machine is. */
export const eventually: typeof expect.poll = (read, options) =>
  expect.poll(read, { timeout: 30_000, ...options });

export interface Served extends HttpServing {
  readonly url: string;
  readonly port: number;
  /** Lines of the log. */
  readonly log: () => readonly { readonly msg: string; readonly [field: string]: unknown }[];
  readonly logText: () => string;
  /** Calls of `wait` under way. */
  readonly waiting: Set<Waiting>;
  /** Servers that were made, by principal. */
  readonly made: string[];
  metrics(): Promise<string>;
}

interface Waiting {
  readonly principal: string;
  readonly signal: AbortSignal;
  release(): void;
}

/** A server of the SDK's with tools that echo, wait, and fail. */
function toolsFor({ principal }: HttpClient, waiting: Set<Waiting>): McpServer {
  const server = new McpServer({ name: 'under-test', version: '1.0.0' });
  const inputSchema = fromJsonSchema<{ text?: string }>({
    type: 'object',
    properties: { text: { type: 'string' } },
  });
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  server.registerTool('echo', { inputSchema }, ({ text: said }) =>
    text(JSON.stringify({ principal, said })),
  );
  server.registerTool('wait', { inputSchema }, async (_, { mcpReq }: ServerContext) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const one = { principal, signal: mcpReq.signal, release: resolve };
    waiting.add(one);
    mcpReq.signal.addEventListener('abort', () => resolve());
    await promise;
    waiting.delete(one);
    return text(mcpReq.signal.aborted ? 'aborted' : 'released');
  });
  return server;
}

const hourMs = 3_600_000;

export interface Fixtures {
  readonly folder: string;
  readonly tokens: TokenStore;
  /** Starts a server, which is closed after the test. */
  readonly serve: (options?: Partial<HttpOptions>) => Promise<Served>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: how vitest knows that it needs no other fixture.
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'http-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  tokens: async ({ folder }, use) => use(openTokenStore(path.join(folder, 'tokens'))),
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  serve: async ({}, use) => {
    const all: HttpServing[] = [];
    await use(async (options = {}) => {
      const serving = await start(options);
      all.push(serving);
      return serving;
    });
    await Promise.all(all.map((one) => one.close(0)));
  },
});

async function start(options: Partial<HttpOptions>): Promise<Served> {
  const lines: string[] = [];
  const waiting = new Set<Waiting>();
  const made: string[] = [];
  const metrics = options.metrics ?? createMetrics();
  const serving = await serveHttp({
    agentServerFor: (client) => {
      made.push(client.principal);
      return toolsFor(client, waiting);
    },
    listen: { host: '127.0.0.1', port: 0 },
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    metrics,
    suspendRuns: async () => {
      for (const one of waiting) one.release();
    },
    ...options,
    // A busy machine must not look like a slow client.
    caps: { headersMs: hourMs, requestMs: hourMs, idleConnectionMs: hourMs, ...options.caps },
  });
  const [url] = serving.urls;
  if (url === undefined) throw new Error('bound nowhere');
  return {
    ...serving,
    url,
    port: Number(new URL(url).port),
    log: () => lines.map((line) => JSON.parse(line)),
    logText: () => lines.join(''),
    waiting,
    made,
    metrics: async () => (await metrics.read()).text,
  };
}

export interface Sent {
  readonly token?: string | undefined;
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export const accepted = 'application/json, text/event-stream';

/** Posts a message as a client of 2025-11-25 does. */
export function post(url: string, message: unknown, sent: Sent = {}): Promise<Response> {
  const { token, session, headers, signal } = sent;
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: accepted,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(session !== undefined && { 'mcp-session-id': session }),
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
    ...(signal !== undefined && { signal }),
  });
}

export const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
};

/** Makes the handshake of 2025-11-25. */
export async function openSession(url: string, sent: Sent = {}): Promise<string> {
  const response = await post(url, initialize, sent);
  expect(response.status).toBe(200);
  await response.text();
  const session = response.headers.get('mcp-session-id') ?? '';
  const done = { jsonrpc: '2.0', method: 'notifications/initialized' };
  expect((await post(url, done, { ...sent, session })).status).toBe(202);
  return session;
}

export function call(name: string, args: object, id: number | string = 1) {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

/** A call of 2026-07-28, with the headers that go with it. */
export function modernCall(name: string, args: object, id: number | string = 1) {
  const version = '2026-07-28';
  const message = call(name, args, id);
  return {
    message: {
      ...message,
      params: {
        ...message.params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
    headers: {
      'mcp-protocol-version': version,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
  };
}

/** The message in a JSON answer, or the last one in a stream. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads a message of the shape it asserts.
export async function answerOf(response: Response): Promise<any> {
  const text = await response.text();
  if (response.headers.get('content-type') === 'application/json') return JSON.parse(text);
  const data = text.split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse((data.at(-1) ?? '').slice('data: '.length));
}

/** A connection on which a test writes what it likes. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that came until the other side closed. */
  readonly ended: Promise<string>;
  /** All that has come, once `condition` holds for it. */
  until(condition: (text: string) => boolean): Promise<string>;
}

export function rawConnection(port: number, text = ''): RawConnection {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  const looks = new Set<() => void>();
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    for (const look of looks) look();
  });
  const ended = new Promise<string>((resolve) => {
    const end = () => {
      resolve(received);
      socket.destroy();
    };
    socket.once('end', end);
    socket.once('close', end);
  });
  socket.on('error', () => {});
  if (text !== '') socket.write(text);
  return {
    socket,
    ended,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (condition(received)) resolve(received);
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`closed after ${JSON.stringify(received)}`)));
      }),
  };
}

/** Sends a text and takes what comes until the connection is closed. */
export function raw(port: number, text: string): Promise<string> {
  return rawConnection(port, text).ended;
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+)/u.exec(answer)?.[1]);
}
