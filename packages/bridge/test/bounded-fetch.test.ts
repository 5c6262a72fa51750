import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { boundedFetch, OversizeReplyError } from '../src/bounded-fetch.ts';

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream; charset=utf-8' };

/** What a client gets of a server that answers like this, with 100 bytes a frame. */
async function fetched(answer: RequestListener): Promise<{ response: Response; oversize: number }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const seen = { oversize: 0 };
  const response = await boundedFetch(`http://127.0.0.1:${port}/`, undefined, {
    maxFrameBytes: 100,
    onOversize: () => seen.oversize++,
  });
  return Object.assign(seen, { response });
}

test('a body within the bounds is as the server sent it, with status and headers', async () => {
  const { response } = await fetched((_, reply) =>
    reply.writeHead(201, 'Made', { ...json, 'x-said': 'yes' }).end('{"a":"ü"}'),
  );
  expect([response.status, response.statusText, response.headers.get('x-said')]).toEqual([
    ...[201, 'Made', 'yes'],
  ]);
  expect(await response.json()).toEqual({ a: 'ü' });
});

test.each([
  ['over the bytes', `"${'x'.repeat(100)}"`],
  ['nested too deeply for a parser', '['.repeat(99)],
])('a body that is %s is not given to anybody', async (_, body) => {
  const deep = body.startsWith('[') ? '['.repeat(2_000) : body;
  const bounds = { maxFrameBytes: deep === body ? 100 : 10_000, onOversize: () => {} };
  const get = async () => new Response(deep, { headers: json });
  await expect(boundedFetch('http://x/', undefined, bounds, get)).rejects.toThrow(
    OversizeReplyError,
  );
});

test('the text of a failure is cut', async () => {
  const { response } = await fetched((_, reply) =>
    reply.writeHead(500).end(Buffer.alloc(300_000, 'x')),
  );
  expect(await response.text()).toBe('x'.repeat(64 * 1024));
});

test('an answer without a body stays one', async () => {
  const { response } = await fetched((_, reply) => reply.writeHead(204).end());
  expect([response.status, response.body]).toEqual([204, null]);
});

test('an answer that may have no body has none, even where one was read', async () => {
  const cached = new Response('', { status: 200 });
  Object.defineProperty(cached, 'status', { value: 304 });
  Object.defineProperty(cached, 'ok', { value: false });
  const bounds = { maxFrameBytes: 100, onOversize: () => {} };
  const response = await boundedFetch('http://x/', undefined, bounds, async () => cached);
  expect([response.status, response.body]).toEqual([304, null]);
});

test.each(['\n', '\r\n'])('events pass one by one, with lines that end in %j', async (end) => {
  const event = (text: string) => `event: message${end}data: ${text}${end}${end}`;
  const sent = `${event('one')}${event('two')}data: rest`;
  const { response, oversize } = await fetched((_, reply) => {
    reply.writeHead(200, events);
    for (let at = 0; at < sent.length; at += 7) reply.write(sent.slice(at, at + 7));
    reply.end();
  });
  expect(await response.text()).toBe(sent);
  expect(oversize).toBe(0);
});

test.each([
  ['bytes', `data: ${'x'.repeat(101)}`],
  ['depth', `data: ${'['.repeat(90)}\n\n`],
])('an event over the %s ends the stream, after those before it', async (kind, bad) => {
  const tooMuch = kind === 'depth' ? `data: ${'['.repeat(2_000)}\n\n` : bad;
  const told: number[] = [];
  const response = await boundedFetch(
    'http://x/',
    undefined,
    { maxFrameBytes: kind === 'depth' ? 10_000 : 100, onOversize: () => told.push(1) },
    async () => new Response(`data: good\n\n${tooMuch}`, { headers: events }),
  );
  await expect(response.text()).rejects.toThrow(OversizeReplyError);
  expect(told).toEqual([1]);
});
