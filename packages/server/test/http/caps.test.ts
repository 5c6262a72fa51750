import { expect } from 'vitest';
import { defaultCaps, resolveCaps } from '../../src/http/caps.ts';
import {
  accepted,
  answerOf,
  call,
  eventually,
  initialize,
  modernCall,
  openSession,
  post,
  raw,
  rawConnection,
  statusOf,
  test,
} from './harness.ts';

const head = [
  'POST /mcp HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  `Accept: ${accepted}`,
];
const headOf = (...more: string[]) => `${[...head, ...more].join('\r\n')}\r\n\r\n`;

test('caps are whole numbers from 1, and known ones', () => {
  expect(resolveCaps()).toEqual(defaultCaps);
  expect(resolveCaps({ bodyBytes: 7 }).bodyBytes).toBe(7);
  for (const wrong of [
    { bodyBytes: 0 },
    { bodyBytes: 1.5 },
    { bodyByte: 1 },
    { ['__proto__']: 1 },
  ]) {
    expect(() => resolveCaps(wrong as object)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

test('a body that is too large is refused, whether it says so or not', async ({ serve }) => {
  const { url, port, made } = await serve({ caps: { bodyBytes: 1_000 } });
  const large = JSON.stringify(call('echo', { text: 'x'.repeat(5_000_000) }));
  const response = await post(url, large);
  expect(response.status).toBe(413);
  // Only the head says so; the body never comes.
  expect(statusOf(await raw(port, headOf('Content-Length: 1001')))).toBe(413);
  const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
  const chunked = headOf('Transfer-Encoding: chunked') + chunk + chunk;
  expect(statusOf(await raw(port, chunked))).toBe(413);
  expect(made).toEqual([]);
  expect((await post(url, initialize)).status).toBe(200);
});

test('bodies that lie about where they end are refused', async ({ serve }) => {
  const { port, made } = await serve();
  const body = JSON.stringify(initialize);
  const lies = [
    // Both ways to tell the length, which proxies read differently.
    headOf(`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked') +
      `0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n`,
    `${headOf('Transfer-Encoding: chunked')}zz\r\n${body}\r\n0\r\n\r\n`,
    `${headOf('Transfer-Encoding: chunked')}5\r\n${body}\r\n0\r\n\r\n`,
    headOf('Transfer-Encoding: chunked, identity') + body,
    headOf('Transfer-Encoding: xchunked') + body,
    headOf('Content-Length: 5', `Content-Length: ${body.length}`) + body,
    headOf('Content-Length: -1') + body,
    headOf('Content-Length: 0x20') + body,
    headOf('Content-Length : 5') + body,
    `${head.join('\r\n')}\r\n folded: header\r\n\r\n`,
    `${head.join('\n')}\r\nX: a\rb\r\n\r\n`,
  ];
  for (const lie of lies) {
    expect([lie.slice(-80), statusOf(await raw(port, lie))]).toEqual([lie.slice(-80), 400]);
  }
  expect(made).toEqual([]);
});

test('an encoded body is refused, since its true size is not known', async ({ serve }) => {
  const { url } = await serve();
  const headers = { 'content-encoding': 'gzip' };
  expect((await post(url, initialize, { headers })).status).toBe(415);
});

test('a flood of headers is refused', async ({ serve }) => {
  const { port } = await serve({ caps: { headerBytes: 2_000 } });
  expect(statusOf(await raw(port, headOf(`X: ${'y'.repeat(3_000)}`)))).toBe(431);
  const many = Array.from({ length: 500 }, (_, index) => `X-${index}: 1`);
  expect(statusOf(await raw(port, headOf(...many)))).toBe(431);
});

test('headers and bodies that drip are cut off', async ({ serve }) => {
  const { port } = await serve({ caps: { headersMs: 200, requestMs: 400 } });
  const answers = await Promise.all([
    raw(port, head.join('\r\n')),
    raw(port, `${headOf('Content-Length: 1000')}{`),
    raw(port, `${headOf('Transfer-Encoding: chunked')}1\r\n{\r\n`),
  ]);
  expect(answers.map(statusOf)).toEqual([408, 408, 408]);
});

test('a connection on which nothing comes is closed', async ({ serve }) => {
  const { port } = await serve({
    caps: { headersMs: 200, requestMs: 400, idleConnectionMs: 100 },
  });
  await raw(port, '');
});

test('an answer that takes long does not count as a still connection', async ({ serve }) => {
  const { url, waiting, port } = await serve({ caps: { idleConnectionMs: 50 } });
  const { message, headers } = modernCall('wait', {});
  const running = post(url, message, { headers });
  await eventually(() => waiting.size).toBe(1);
  // Another connection has been given up for stillness by then.
  await raw(port, '');
  for (const one of waiting) one.release();
  expect((await answerOf(await running)).result.content[0].text).toBe('released');
});

test('whoever does not take an answer is cut off', async ({ serve }) => {
  const { port, url, waiting, metrics } = await serve({ caps: { idleConnectionMs: 100 } });
  const session = await openSession(url);
  const text = 'x'.repeat(1_500_000);
  const body = JSON.stringify(call('echo', { text }));
  const greedy = rawConnection(port);
  greedy.socket.pause();
  const one = headOf(`Content-Length: ${body.length}`, `Mcp-Session-Id: ${session}`) + body;
  greedy.socket.write(one);
  for (let id = 2; id < 8; id++) {
    const next = JSON.stringify(call('echo', { text }, id));
    greedy.socket.write(
      headOf(`Content-Length: ${next.length}`, `Mcp-Session-Id: ${session}`) + next,
    );
  }
  await eventually(async () => (await metrics()).match(/mcp_cli_connections (\d+)/u)?.[1]).toBe(
    '0',
  );
  expect(waiting.size).toBe(0);
  greedy.socket.destroy();
});

test('further connections are closed, and there is room again when one ends', async ({ serve }) => {
  const { port, url } = await serve({ caps: { connections: 2 } });
  const held = [rawConnection(port, 'GET'), rawConnection(port, 'GET')];
  expect(await raw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
  held[0]?.socket.destroy();
  await eventually(() =>
    fetch(new URL('/healthz', url)).then(
      ({ status }) => status,
      () => 0,
    ),
  ).toBe(200);
  held[1]?.socket.destroy();
});

test('requests under way are bounded, of one client and of all', async ({ serve, tokens }) => {
  const token = await tokens.add({ name: 'other', use: 'agents' });
  const third = await tokens.add({ name: 'third', use: 'agents' });
  const { url, waiting, metrics } = await serve({
    tokens,
    caps: { requestsPerClient: 1, requests: 2 },
  });
  const { message, headers } = modernCall('wait', {});
  const mine = post(url, message, { headers });
  await eventually(() => waiting.size).toBe(1);
  const refused = await post(url, message, { headers });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const other = post(url, message, { headers, token });
  await eventually(() => waiting.size).toBe(2);
  const busy = await post(url, message, { headers, token: third });
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
  for (const one of waiting) one.release();
  await Promise.all([mine, other]);
  const text = await metrics();
  expect(text).toContain('mcp_cli_refusals_total{reason="client-requests"} 1');
  expect(text).toContain('mcp_cli_refusals_total{reason="requests"} 1');
  expect(text).toContain('mcp_cli_requests_in_flight 0');
});

test('bodies under way are bounded together, by what they say or could be', async ({ serve }) => {
  const { port, url } = await serve({ caps: { bodyBytes: 1_000, allBodiesBytes: 1_500 } });
  const first = rawConnection(port, headOf('Transfer-Encoding: chunked'));
  const clientInfo = { name: 'x'.repeat(600), version: '1' };
  const padded = { ...initialize, params: { ...initialize.params, clientInfo } };
  const second = async () => (await post(url, padded)).status;
  await eventually(second).toBe(503);
  first.socket.destroy();
  await eventually(second).toBe(200);
});

test('subscriptions are bounded, take no place of requests, and are ended', async ({ serve }) => {
  const { url, metrics } = await serve({
    caps: { subscriptionsPerClient: 1, requestsPerClient: 1 },
  });
  const { message, headers } = modernCall('echo', {});
  const listen = {
    ...message,
    method: 'subscriptions/listen',
    params: { _meta: message.params._meta, notifications: { toolsListChanged: true } },
  };
  const sent = {
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
  };
  const open = await post(url, listen, sent);
  expect(open.headers.get('content-type')).toBe('text/event-stream');
  await eventually(async () => (await post(url, message, { headers })).status).toBe(200);
  expect(await answerOf(await post(url, listen, sent))).toMatchObject({
    error: { code: -32_603, message: 'Subscription limit reached' },
  });
  expect(await metrics()).toContain('mcp_cli_requests_in_flight 0');
  await open.body?.cancel();
});

test('who waits for leave to send a body is refused before it is sent', async ({ serve }) => {
  const { port } = await serve();
  const expecting = headOf('Content-Length: 10', 'Expect: 100-continue');
  const { until, socket } = rawConnection(port, expecting);
  expect(await until((text) => text.endsWith('\r\n\r\n'))).toContain('100 Continue');
  socket.destroy();
  const refused = expecting.replace('Host: localhost', 'Host: evil.com');
  const answer = await raw(port, refused);
  expect([statusOf(answer), answer.includes('100 Continue')]).toEqual([403, false]);
});
