import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { call, failureOf, fixture, openBridge, resultOf, variable } from './harness.ts';

async function startGoodServer(): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(fixture('well-behaved.ts'), ['--http'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}/mcp`, child };
}

const withKey = (url: string): object => ({
  type: 'http',
  url,
  headers: { 'X-Key': variable('KEY') },
});
const env = { KEY: 'k-123456' };

test('a Streamable HTTP server is called with the headers of its entry', async () => {
  const { url } = await startGoodServer();
  const bridge = await openBridge({ web: withKey(url) }, { env });
  expect(await resultOf(call(bridge, 'web', 'greet', { name: 'Ada' }))).toBe('Hello Ada!');
  expect(await resultOf(call(bridge, 'web', 'count'))).toEqual({ calls: 1 });
  expect(await resultOf(call(bridge, 'web', 'count'))).toEqual({ calls: 2 });
});

test('deadline and abort over HTTP are unknown', async () => {
  const { url } = await startGoodServer();
  const bridge = await openBridge({ web: withKey(url) }, { env, caps: { callMs: 1_500 } });
  expect(await failureOf(call(bridge, 'web', 'slow'))).toMatchObject({ code: 'CALL_TIMEOUT' });
  const abort = new AbortController();
  const outcome = call(bridge, 'web', 'slow', {}, abort.signal);
  await resultOf(call(bridge, 'web', 'count'));
  abort.abort();
  expect(await failureOf(outcome)).toMatchObject({ status: 'unknown', code: 'ABORTED' });
});

test('wrong credentials are SERVER_UNAVAILABLE and do not appear in the error', async () => {
  const { url } = await startGoodServer();
  const bridge = await openBridge({ web: withKey(url) }, { env: { KEY: 'canary-1' } });
  const failure = await failureOf(call(bridge, 'web', 'count'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  expect(failure.message).toContain('401');
  expect(failure.message).toContain('"headers"');
  expect(failure.message).not.toContain('canary');
});

test('a server that forgot the session gets a new handshake, and the call again', async () => {
  const { url, child } = await startGoodServer();
  const bridge = await openBridge({ web: withKey(url) }, { env });
  await resultOf(call(bridge, 'web', 'count'));
  child.send('forget');
  expect(await resultOf(call(bridge, 'web', 'count'))).toEqual({ calls: 1 });
});

test('a server that ends in the middle of a call is unknown, one that is not there is failed', async () => {
  const { url, child } = await startGoodServer();
  const bridge = await openBridge({ web: withKey(url) }, { env });
  await resultOf(call(bridge, 'web', 'count'));
  const outcome = call(bridge, 'web', 'slow');
  await resultOf(call(bridge, 'web', 'count'));
  child.kill('SIGKILL');
  expect(await failureOf(outcome)).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  await expect
    .poll(async () => (await failureOf(call(bridge, 'web', 'count'))).message)
    .toContain('ECONNREFUSED');
});

type Answer = (id: number, response: ServerResponse, request: IncomingMessage) => void;

/** A server on bare HTTP that shakes hands and then answers each call as told. */
async function startFaultyServer(answer: Answer, { silent = false } = {}): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const { id, method } = JSON.parse(await text(request)) as { id: number; method: string };
    const send = (result: object): void => {
      response.writeHead(200, json).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
    if (method === 'initialize') {
      send({
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'f', version: '0' },
      });
    } else if (method === 'tools/list') {
      send({ tools: [{ name: 'x', inputSchema: { type: 'object' } }] });
    } else if (method === 'tools/call') {
      answer(id, response, request);
    } else if (id === undefined || silent) {
      response.writeHead(202).end();
    } else {
      response.writeHead(200, json).end(JSON.stringify({ jsonrpc: '2.0', id, error: unknown }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

const reply = (id: number, value: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: value }] } });
const unknown = { code: -32_601, message: 'Method not found' };
const json = { 'content-type': 'application/json' };
const stream = { 'content-type': 'text/event-stream' };

test.each<[string, Answer, object]>([
  [
    'an event stream',
    (id, response) => response.writeHead(200, stream).end(`data: ${reply(id, 'hi')}\r\n\r\n`),
    { status: 'done', json: '"hi"' },
  ],
  [
    'an HTML page',
    (_id, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    { status: 'unknown', error: { code: 'CALL_UNKNOWN' } },
  ],
  [
    'broken JSON',
    (_id, response) => response.writeHead(200, json).end('{"jsonrpc'),
    { status: 'unknown', error: { code: 'CALL_UNKNOWN' } },
  ],
  [
    'a stream that ends without a reply',
    (_id, response) => response.writeHead(200, stream).end(': nothing\n\n'),
    { status: 'unknown', error: { code: 'CALL_UNKNOWN' } },
  ],
  [
    'a connection that is cut',
    (_id, response) => response.destroy(),
    { status: 'unknown', error: { code: 'CALL_UNKNOWN' } },
  ],
  [
    'a JSON body over the cap',
    (id, response) => response.writeHead(200, json).end(reply(id, 'x'.repeat(200_000))),
    { status: 'failed', error: { code: 'RESULT_TOO_LARGE' } },
  ],
  [
    'an event over the cap',
    (id, response) =>
      response.writeHead(200, stream).end(`data: ${reply(id, 'x'.repeat(200_000))}\n\n`),
    { status: 'failed', error: { code: 'RESULT_TOO_LARGE' } },
  ],
  [
    'an event over the cap on a resumable stream',
    (id, response) =>
      response
        .writeHead(200, stream)
        .end(`id: 1\ndata:\n\ndata: ${reply(id, 'x'.repeat(200_000))}\n\n`),
    { status: 'failed', error: { code: 'RESULT_TOO_LARGE' } },
  ],
  [
    'a deep JSON body',
    (id, response) =>
      response
        .writeHead(200, json)
        .end(
          `{"jsonrpc":"2.0","id":${id},"result":{"structuredContent":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`,
        ),
    { status: 'failed', error: { code: 'RESULT_TOO_LARGE' } },
  ],
  [
    'status 429',
    (_id, response) => response.writeHead(429, { 'retry-after': '7' }).end('slow down'),
    {
      status: 'failed',
      error: { code: 'SERVER_UNAVAILABLE', retryable: true, retryAfterMs: 7_000 },
    },
  ],
  [
    'status 500',
    (_id, response) => response.writeHead(500).end('x'.repeat(1_000_000)),
    { status: 'failed', error: { code: 'TOOL_FAILED' } },
  ],
  [
    'status 504',
    (_id, response) => response.writeHead(504).end(),
    { status: 'unknown', error: { code: 'CALL_UNKNOWN' } },
  ],
  [
    'a redirect to elsewhere',
    (_id, response) => response.writeHead(307, { location: 'http://127.0.0.2:9/' }).end(),
    { status: 'failed', error: { code: 'SERVER_UNAVAILABLE' } },
  ],
])('a call answered with %s', async (_what, answer, outcome) => {
  const url = await startFaultyServer(answer);
  const bridge = await openBridge(
    { web: { url } },
    { caps: { resultBytes: 10_000, callMs: 5_000 } },
  );
  expect(await call(bridge, 'web', 'x')).toMatchObject(outcome);
  expect(await call(bridge, 'web', 'x')).toMatchObject(outcome);
});

test('a server that does not say what it speaks is spoken to with a handshake', async () => {
  const answer: Answer = (id, response) => response.writeHead(200, json).end(reply(id, 'hi'));
  const url = await startFaultyServer(answer, { silent: true });
  const bridge = await openBridge({ web: { url } }, { caps: { connectMs: 4_000 } });
  expect(await call(bridge, 'web', 'x')).toMatchObject({ status: 'done', json: '"hi"' });
});

test('a cancelled call ends its own HTTP exchange', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const url = await startFaultyServer((_id, response) => {
    response.writeHead(200, stream).write(': wait\n\n');
    response.once('close', resolve);
    arrive();
  });
  const bridge = await openBridge({ web: { url } });
  const abort = new AbortController();
  const outcome = call(bridge, 'web', 'x', {}, abort.signal);
  await arrived;
  abort.abort();
  expect(await failureOf(outcome)).toMatchObject({ status: 'unknown', code: 'ABORTED' });
  await ended;
});

test('an endpoint that is no MCP server is SERVER_UNAVAILABLE', async () => {
  const server = createServer((_request, response) => response.end('<h1>It works!</h1>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const bridge = await openBridge({ web: { url: `http://127.0.0.1:${port}/` } });
  const failure = await failureOf(call(bridge, 'web', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  expect(failure.message).toContain('does not answer as an MCP server');
});
