import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
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
  statusOf,
  test,
} from './harness.ts';

function request(headers: readonly string[], path = '/mcp'): string {
  const body = JSON.stringify(initialize);
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Content-Type: application/json',
    `Accept: ${accepted}`,
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

test('by default the server listens on this machine alone, with both kinds of address', async ({
  serve,
}) => {
  const { urls } = await serve({ listen: { port: 0 } });
  const hosts = urls.map((url) => new URL(url).hostname);
  expect(hosts[0]).toBe('127.0.0.1');
  expect(hosts.slice(1).every((host) => host === '[::1]')).toBe(true);
  expect(new Set(urls.map((url) => new URL(url).port)).size).toBe(1);
  for (const url of urls) expect((await post(url, initialize)).status).toBe(200);
});

test('a Host that is not the server is refused before anything is made', async ({ serve }) => {
  const { port, made } = await serve();
  const wrong = [
    ['Host: evil.com'],
    [`Host: evil.com:${port}`],
    ['Host: 127.0.0.1.evil.com'],
    ['Host: localhost.'],
    ['Host: evil.com@localhost'],
    ['Host: localhost/evil.com'],
    ['Host: localhost', 'Host: evil.com'],
    ['Host: evil.com', 'Host: localhost'],
    ['Host: '],
  ];
  for (const headers of wrong) {
    const text = await raw(port, request(headers));
    expect([headers, statusOf(text)]).toEqual([headers, text.includes('400 Bad') ? 400 : 403]);
    expect(text).not.toContain('evil');
  }
  expect(statusOf(await raw(port, request([])))).toBe(400);
  expect(made).toEqual([]);
  for (const host of ['localhost', '127.0.0.1', '[::1]', `LOCALHOST:${port}`]) {
    expect(statusOf(await raw(port, request([`Host: ${host}`])))).toBe(200);
  }
});

test('pages of this machine are served, of other origins refused, and none gets CORS', async ({
  serve,
}) => {
  const { port, made } = await serve();
  const wrong = [
    'http://evil.com',
    'null',
    'http://localhost.evil.com',
    'file://',
    'x',
    'https://*',
  ];
  for (const origin of wrong) {
    const text = await raw(port, request(['Host: localhost', `Origin: ${origin}`]));
    expect([origin, statusOf(text)]).toEqual([origin, 403]);
    expect(text.toLowerCase()).not.toContain('access-control');
  }
  expect(made).toEqual([]);
  const local = await raw(port, request(['Host: localhost', 'Origin: http://localhost:5173']));
  expect(statusOf(local)).toBe(200);
  expect(local.toLowerCase()).not.toContain('access-control');
});

test('an origin gets CORS by its whole name, and a preflight needs no token', async ({
  serve,
  tokens,
}) => {
  const token = await tokens.add({ name: 'web', use: 'agents' });
  const { url, port } = await serve({
    tokens,
    requireToken: true,
    allowedOrigins: ['https://app.example.org'],
  });
  const preflight = (origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
  const allowed = await preflight('https://app.example.org');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
  expect(allowed.headers.get('vary')).toBe('origin');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  for (const origin of [
    'http://app.example.org',
    'https://app.example.org:8443',
    'https://example.org',
  ]) {
    const refused = await preflight(origin);
    expect([origin, refused.status]).toEqual([origin, 403]);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  }
  const text = await raw(
    port,
    request([
      'Host: localhost',
      'Origin: https://app.example.org',
      `Authorization: Bearer ${token}`,
    ]),
  );
  expect(statusOf(text)).toBe(200);
  expect(text).toContain('access-control-expose-headers: mcp-session-id');
  // Of the same origin, but without the token.
  const bare = request(['Host: localhost', 'Origin: https://app.example.org']);
  expect(statusOf(await raw(port, bare))).toBe(401);
});

test('a page cannot have a message sent without asking first', async ({ serve }) => {
  const { url, made } = await serve();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type, accept: accepted },
      body: JSON.stringify(initialize),
    });
    expect([type, response.status]).toEqual([type, 415]);
  }
  expect(made).toEqual([]);
});

test('where other machines reach the server, it does not start without a token', async ({
  serve,
  tokens,
}) => {
  const open = { listen: { host: '0.0.0.0', port: 0 }, allowedHosts: ['mcp.example.org'] };
  const missing = { code: 'USAGE', hint: expect.stringContaining('serve token add') };
  await expect(serve(open)).rejects.toMatchObject(missing);
  await expect(serve({ ...open, tokens })).rejects.toMatchObject(missing);
  await tokens.add({ name: 'prometheus', use: 'metrics' });
  await tokens.add({ name: 'gone', use: 'agents' });
  await tokens.revoke('gone');
  await expect(serve({ ...open, tokens })).rejects.toMatchObject(missing);
  // A name besides those of this machine means that a proxy stands before it.
  const named = { allowedHosts: ['mcp.example.org'], tokens };
  await expect(serve(named)).rejects.toMatchObject(missing);
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  await expect(serve({ listen: { host: '0.0.0.0', port: 0 }, tokens })).rejects.toMatchObject({
    hint: expect.stringContaining('--allow-host'),
  });
  const { port } = await serve({ ...open, tokens });
  const host = 'Host: mcp.example.org';
  expect(statusOf(await raw(port, request([host])))).toBe(401);
  expect(statusOf(await raw(port, request([host, `Authorization: Bearer ${token}`])))).toBe(200);
});

test('what came through a proxy is not from this machine', async ({ serve }) => {
  const { port } = await serve();
  for (const header of ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'Via: 1.1 x']) {
    expect(statusOf(await raw(port, request(['Host: localhost', header])))).toBe(401);
  }
});

test('a wrong token is refused, also where none is needed, and tells nothing', async ({
  serve,
  tokens,
}) => {
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  const { url, made, logText } = await serve({ tokens });
  const tries = [`Bearer ${token}x`, 'Bearer', `Basic ${token}`, `Bearer ${token} ${token}`, token];
  for (const authorization of tries) {
    const response = await post(url, initialize, { headers: { authorization } });
    expect([authorization, response.status]).toEqual([authorization, 401]);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await response.text()).not.toContain(token.slice(7, 20));
  }
  expect(made).toEqual([]);
  expect(logText()).not.toContain(token.slice(7, 20));
  expect((await post(url, initialize, { headers: { authorization: `bearer ${token}` } })).ok).toBe(
    true,
  );
  expect(made).toEqual(['ci']);
});

test('without a token the challenge names none as wrong', async ({ serve, tokens }) => {
  await tokens.add({ name: 'ci', use: 'agents' });
  const { url } = await serve({ tokens, requireToken: true });
  const response = await post(url, initialize);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(await answerOf(response)).toMatchObject({ error: { code: -32_000 } });
});

test('failed authentications are bounded, and valid tokens are not kept out', async ({
  serve,
  tokens,
}) => {
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  const { url, log } = await serve({ tokens, requireToken: true, caps: { failuresPerMinute: 3 } });
  const statuses: number[] = [];
  for (let count = 0; count < 6; count++) {
    const response = await post(url, initialize, { token: 'mcp_ci_wrong' });
    statuses.push(response.status);
    if (response.status === 429) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
  expect(log().filter(({ msg }) => msg.startsWith('refused'))).toHaveLength(3);
  expect((await post(url, initialize, { token })).status).toBe(200);
});

test('a revoked token ends its sessions, streams and requests, and no others', async ({
  serve,
  tokens,
}) => {
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  const kept = await tokens.add({ name: 'kept', use: 'agents' });
  const { url, waiting } = await serve({ tokens, requireToken: true });
  const session = await openSession(url, { token });
  const keptSession = await openSession(url, { token: kept });
  const stream = (one: string, of: string) =>
    fetch(url, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${of}`,
        'mcp-session-id': one,
      },
    });
  const mine = await stream(session, token);
  const others = await stream(keptSession, kept);
  expect([mine.status, others.status]).toEqual([200, 200]);
  const running = await post(url, call('wait', {}), { token, session });
  await eventually(() => waiting.size).toBe(1);
  const [one] = waiting;

  await tokens.revoke('ci');
  expect((await post(url, call('echo', {}), { token, session })).status).toBe(401);
  await Promise.allSettled([mine.text(), running.text()]);
  await eventually(() => one?.signal.aborted).toBe(true);
  const still = await post(url, call('echo', {}), { token: kept, session: keptSession });
  expect((await answerOf(still)).result.content[0].text).toContain('kept');
  await others.body?.cancel();
});

test('what is changed in a token holds at once: what was begun before ends', async ({
  serve,
  tokens,
  folder,
}) => {
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  const { url } = await serve({ tokens, requireToken: true });
  const file = `${folder}/tokens/ci.json`;
  const change = async (deny: string) => {
    const before = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...before, policy: { deny: [deny] } }));
  };
  const before = await openSession(url, { token });
  await change('github');
  expect((await post(url, call('echo', {}), { token, session: before })).status).toBe(404);
  const after = await openSession(url, { token });
  const stream = await fetch(url, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      'mcp-session-id': after,
    },
  });
  expect(stream.status).toBe(200);
  await change('a-longer-name');
  // Without another request.
  await stream.text().catch(() => {});
});

test('a token file that cannot be used lets nobody in, and says so in the log', async ({
  serve,
  tokens,
  folder,
}) => {
  const token = await tokens.add({ name: 'ci', use: 'agents' });
  const { url, logText } = await serve({ tokens, requireToken: true });
  const session = await openSession(url, { token });
  await writeFile(`${folder}/tokens/ci.json`, '{}');
  const response = await post(url, call('echo', {}), { token, session });
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain(folder);
  expect(logText()).toContain('a token cannot be checked');
});

test('a client for which there is no server is told so, and the log why', async ({ serve }) => {
  const { url, log } = await serve({
    agentServerFor: () => Promise.reject(new Error('a secret reason')),
  });
  const { message, headers } = modernCall('echo', {});
  for (const response of [await post(url, initialize), await post(url, message, { headers })]) {
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: -32_603 } });
    expect(text).not.toMatch(/secret reason|\bat /u);
  }
  const told = log().filter(({ level }) => level === 50);
  expect(told.map(({ msg }) => msg)).toEqual(Array(2).fill('no server for this client'));
});

test('other paths and methods are refused', async ({ serve }) => {
  const { url, port } = await serve();
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(new URL('/mcp/', url))).status).toBe(404);
  const put = await fetch(url, { method: 'PUT', body: '{}' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
  expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(405);
  expect(statusOf(await raw(port, request(['Host: localhost'], 'http://localhost/mcp')))).toBe(404);
});
