import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setInterval } from 'node:timers';
import { gzipSync } from 'node:zlib';

/** An answer over HTTP. `#id` stands for the id of the request, `$trap` for the address of the trap. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly times?: number;
  /** The body is sent as gzip. */
  readonly packed?: boolean;
  /** After the body. Left out: the answer ends. */
  readonly after?: 'hang' | 'cut' | 'again';
}

/** By method of the message or by path; others are answered as a good server does. */
export type Exchange = Readonly<Record<string, Answer>>;

export interface Web extends AsyncDisposable {
  readonly origin: string;
  /** What came to the trap: no request may ever lead there. */
  readonly trapped: string[];
  /** From now on. */
  answer(exchange: Exchange): void;
}

const json = { 'content-type': 'application/json' };
const good: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'scripted', version: '0' },
  },
  'tools/list': { tools: [{ name: 't', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [], structuredContent: 'fine' },
};

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
) {
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin, end };
}

/** A server that says what it is told to say, and a trap that notes whoever comes. */
export async function startWeb(): Promise<Web> {
  const trapped: string[] = [];
  let exchange: Exchange = {};
  const trap = await listen(async ({ method, url, headers }, response) => {
    trapped.push(`${method} ${url} ${JSON.stringify(headers)}`);
    response.writeHead(200, json).end('{}');
  });

  function reply(response: ServerResponse, answer: Answer, id: unknown): void {
    const filled = (part: string) =>
      part
        .replaceAll('"#id"', JSON.stringify(id) ?? 'null')
        .replaceAll('$trap', trap.origin)
        .replaceAll('$own', web.origin);
    const { status = 200, headers = json, body = '', times = 1, packed = false } = answer;
    const all = Object.entries(headers).map(([name, value]) => [name, filled(value)]);
    response.writeHead(status, Object.fromEntries(all));
    const whole = filled(body).repeat(times);
    if (packed) response.end(gzipSync(whole));
    else if (answer.after === undefined) response.end(whole);
    else if (answer.after === 'cut') response.write(whole, () => response.destroy());
    else if (answer.after === 'hang') response.write(whole);
    else {
      const again = setInterval(() => response.write(whole), 1);
      response.once('close', () => clearInterval(again));
    }
    response.flushHeaders();
  }

  const web = await listen(async (request, response) => {
    const body = await text(request);
    const own = exchange[request.url ?? ''] ?? exchange[`${request.method}`];
    if (own !== undefined) return reply(response, own, undefined);
    if (request.url !== '/mcp') return reply(response, { status: 404 }, undefined);
    if (request.method === 'DELETE') return reply(response, {}, undefined);
    if (request.method !== 'POST') return reply(response, { status: 405 }, undefined);
    const { id, method } = JSON.parse(body) as { readonly id?: number; readonly method: string };
    const answer = exchange[method];
    if (answer !== undefined) return reply(response, answer, id);
    if (id === undefined) return reply(response, { status: 202 }, id);
    const result = good[method];
    const said = result === undefined ? { error: { code: -32_601, message: 'no' } } : { result };
    reply(response, { body: JSON.stringify({ jsonrpc: '2.0', id, ...said }) }, id);
  });
  return {
    origin: web.origin,
    trapped,
    answer: (next) => {
      exchange = next;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([web.end(), trap.end()]);
    },
  };
}
