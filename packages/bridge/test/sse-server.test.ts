import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ServerId } from '@org/core';
import { expect, onTestFinished, test } from 'vitest';
import { call, eventually, failureOf, openBridge, resultOf } from './harness.ts';

interface Quirks {
  readonly endpoint?: string;
  /** What a POST to the stream's own address comes to. */
  readonly postStatus?: number;
}

/** A server of the revision 2024-11-05: replies come over the stream that a GET has opened. */
async function startSseServer({ endpoint = '/messages', postStatus = 405 }: Quirks = {}) {
  const streams = new Set<ServerResponse>();
  const seen = { posts: 0, keys: new Set<unknown>() };
  const server = createServer(async (request, response) => {
    seen.keys.add(request.headers['x-key']);
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: endpoint\ndata: ${endpoint}\n\n`);
      streams.add(response);
      response.once('close', () => streams.delete(response));
      return;
    }
    if (request.url !== '/messages') {
      seen.posts++;
      response.writeHead(postStatus).end();
      return;
    }
    const message = JSON.parse(await text(request)) as {
      id?: number;
      method: string;
      params?: { name?: string };
    };
    const [, status] = /^status-(\d+)$/.exec(message.params?.name ?? '') ?? [];
    if (status !== undefined) return void response.writeHead(Number(status)).end();
    response.writeHead(202).end();
    if (message.id === undefined) return;
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: '2024-11-05',
        capabilities: { tools: {} },
        serverInfo: { name: 'old', version: '0' },
      },
      'tools/list': {
        tools: ['ok', 'cut', 'large', 'status-401', 'status-403', 'status-502'].map((name) => ({
          name,
          inputSchema: { type: 'object' },
        })),
      },
      ok: { content: [{ type: 'text', text: 'over SSE' }] },
      large: { content: [{ type: 'text', text: 'x'.repeat(500_000) }] },
    };
    const { params, method } = message;
    if (params?.name === 'cut') return void [...streams][0]?.end();
    const result = results[method === 'tools/call' ? (params?.name ?? '') : method];
    const reply = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
    for (const stream of streams) stream.write(`data: ${reply}\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/sse`, streams, seen };
}

test('a server of type sse is called over HTTP+SSE, with the headers of its entry', async () => {
  const { url, seen } = await startSseServer();
  const bridge = await openBridge({ old: { type: 'sse', url, headers: { 'X-Key': 'k-123456' } } });
  expect(await resultOf(call(bridge, 'old', 'ok'))).toBe('over SSE');
  expect((await bridge.catalog('old' as ServerId)).protocolVersion).toBe('2024-11-05');
  expect([...seen.keys]).toEqual(['k-123456']);
  expect(seen.posts).toBe(0);
});

test.each([400, 404, 405])(
  'a server that answers Streamable HTTP with status %i is tried over HTTP+SSE',
  async (postStatus) => {
    const { url, seen } = await startSseServer({ postStatus });
    const bridge = await openBridge({ old: { url } });
    expect(await resultOf(call(bridge, 'old', 'ok'))).toBe('over SSE');
    expect(seen.posts).toBeGreaterThan(0);
  },
);

test('a server that refuses access or fails is not tried over HTTP+SSE', async () => {
  for (const postStatus of [401, 403, 500]) {
    const { url } = await startSseServer({ postStatus });
    const bridge = await openBridge({ old: { url } });
    expect(await failureOf(call(bridge, 'old', 'ok'))).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining(`HTTP status ${postStatus}`),
    });
  }
});

test('a stream that ends is a lost connection: its calls are unknown, the next one has a new one', async () => {
  const { url } = await startSseServer();
  const bridge = await openBridge({ old: { type: 'sse', url } });
  expect(await failureOf(call(bridge, 'old', 'cut'))).toMatchObject({
    status: 'unknown',
    code: 'CALL_UNKNOWN',
  });
  expect(await resultOf(call(bridge, 'old', 'ok'))).toBe('over SSE');
});

test('over HTTP+SSE too, the status of the answer says whether a call was carried out', async () => {
  const { url } = await startSseServer();
  const bridge = await openBridge({ old: { type: 'sse', url } });
  for (const status of [401, 403]) {
    expect(await failureOf(call(bridge, 'old', `status-${status}`))).toMatchObject({
      status: 'failed',
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`\\(HTTP status ${status}\\)\\.`)),
    });
  }
  expect((await failureOf(call(bridge, 'old', 'status-502'))).code).toBe('CALL_UNKNOWN');
});

test('messages are not posted to another origin', async () => {
  const { url } = await startSseServer({ endpoint: 'http://127.0.0.2:9/messages' });
  const bridge = await openBridge({ old: { type: 'sse', url } });
  expect(await failureOf(call(bridge, 'old', 'ok'))).toMatchObject({ code: 'SERVER_UNAVAILABLE' });
});

test('an event over the cap ends the connection, not the host', async () => {
  const { url } = await startSseServer();
  const bridge = await openBridge({ old: { type: 'sse', url } }, { caps: { resultBytes: 10_000 } });
  expect(await failureOf(call(bridge, 'old', 'large'))).toMatchObject({ status: 'unknown' });
  expect(await resultOf(call(bridge, 'old', 'ok'))).toBe('over SSE');
});

test('an idle connection ends its stream', async () => {
  const { url, streams } = await startSseServer();
  const bridge = await openBridge({ old: { type: 'sse', url } }, { caps: { idleMs: 20 } });
  expect(await resultOf(call(bridge, 'old', 'ok'))).toBe('over SSE');
  await eventually(() => streams.size).toBe(0);
});
