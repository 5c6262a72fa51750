import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { OAuthOptions } from '../src/index.ts';
import { defaultTokenFolder, TokenFile } from '../src/token-store.ts';
import { call, failureOf, openBridge, resultOf, scratchFolder, variable } from './harness.ts';

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = { 'content-type': 'application/json' };
const token = 'canary-access-5d21';

/** A server that wants a token, and the authorisation server that gives it. */
type Fault = 'reset' | 'garbled';

async function startGuarded({ page = (issuer: string) => `${issuer}/authorize` } = {}) {
  const seen: { method: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let challenge = '';
  let accepted = token;
  let granted = '';
  let fault: Fault | undefined;
  const issuer = await listen(async (request, response) => {
    if (fault === 'reset') return void response.destroy();
    if (fault === 'garbled') return void response.writeHead(200, json).end('{"issuer":');
    const url = new URL(request.url ?? '', issuer);
    const body = await text(request);
    seen.push({ method: url.pathname, headers: request.headers, body });
    const answers: Record<string, () => object> = {
      '/.well-known/oauth-authorization-server': () => ({
        issuer,
        authorization_endpoint: page(issuer),
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      }),
      '/register': () => ({ ...(JSON.parse(body) as object), client_id: 'client-1' }),
      '/token': () => ({ access_token: token, token_type: 'Bearer' }),
    };
    if (url.pathname === '/authorize') {
      challenge = url.searchParams.get('code_challenge') ?? '';
      granted = url.searchParams.get('scope') ?? '';
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'code-1');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const answer = answers[url.pathname];
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, json).end(JSON.stringify(answer()));
  });
  const server = await listen(async (request, response) => {
    const body = await text(request);
    if (request.url === '/.well-known/oauth-protected-resource/mcp') {
      const metadata = { resource: `${server}/mcp`, authorization_servers: [issuer] };
      response.writeHead(200, json).end(JSON.stringify(metadata));
      return;
    }
    if (request.headers.authorization !== `Bearer ${accepted}`) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(request.headers.authorization);
      return;
    }
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body) as {
      id?: number;
      method: string;
      params?: { name?: string };
    };
    if (id === undefined) return void response.writeHead(202).end();
    const wanted = { write: 'read write', never: 'read all' }[params?.name ?? ''] ?? '';
    if (params?.name === 'never' || (wanted !== '' && !granted.includes('write'))) {
      const refusal = `Bearer error="insufficient_scope", scope="${wanted}"`;
      return void response.writeHead(403, { 'www-authenticate': refusal }).end();
    }
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'guarded', version: '0' },
      },
      'tools/list': {
        tools: ['open', 'leak', 'write', 'never'].map((name) => ({
          name,
          inputSchema: { type: 'object' },
        })),
      },
      open: { content: [{ type: 'text', text: 'in' }] },
      write: { content: [{ type: 'text', text: 'written' }] },
      leak: { isError: true, content: [{ type: 'text', text: request.headers.authorization }] },
    };
    const result = results[method === 'tools/call' ? (params?.name ?? '') : method];
    const error = { code: -32_601, message: 'Method not found' };
    const answer = result === undefined ? { error } : { result };
    response.writeHead(200, json).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
  return {
    url: `${server}/mcp`,
    seen,
    challenge: () => challenge,
    /** No token is good any more, and the authorisation server gives none. */
    revoke: (how?: Fault) => {
      accepted = 'another one';
      fault = how;
    },
  };
}

/** A person who agrees to all that is shown. */
const agreeing = (tokenFolder: string, asked: string[] = []): OAuthOptions => ({
  tokenFolder,
  askUser: ({ url }) => {
    asked.push(url);
    void fetch(url).catch(() => {});
  },
});

test('a person is asked once; the token is kept for its user alone and used later without asking', async () => {
  const { url, seen, challenge } = await startGuarded();
  const tokenFolder = path.join(await scratchFolder(), 'tokens');
  const asked: string[] = [];
  const bridge = await openBridge({ web: { url } }, { oauth: agreeing(tokenFolder, asked) });
  expect(await resultOf(call(bridge, 'web', 'open'))).toBe('in');
  expect(asked).toHaveLength(1);
  const [file = ''] = await readdir(tokenFolder);
  expect((await stat(path.join(tokenFolder, file))).mode & 0o777).toBe(0o600);
  expect((await stat(tokenFolder)).mode & 0o777).toBe(0o700);
  expect(challenge()).not.toBe('');
  const exchange = new URLSearchParams(seen.find(({ method }) => method === '/token')?.body);
  expect(exchange.get('code_verifier')).not.toBe('');
  expect(exchange.get('resource')).toBe(url);
  const later = await openBridge({ web: { url } }, { oauth: { tokenFolder } });
  expect(await resultOf(call(later, 'web', 'open'))).toBe('in');
});

test('a kept token is for one server and one name', async () => {
  const { url } = await startGuarded();
  const tokenFolder = await scratchFolder();
  const first = await openBridge({ web: { url } }, { oauth: agreeing(tokenFolder) });
  expect(await resultOf(call(first, 'web', 'open'))).toBe('in');
  const renamed = await openBridge({ other: { url } }, { oauth: { tokenFolder } });
  expect(await failureOf(call(renamed, 'other', 'open'))).toMatchObject({
    code: 'SERVER_UNAVAILABLE',
    message: expect.stringContaining('use it once from a terminal'),
  });
});

test('tokens appear in no error, and the headers of a server go to it alone', async () => {
  const { url, seen, revoke } = await startGuarded();
  const tokenFolder = await scratchFolder();
  const entry = { url, headers: { 'X-Key': 'canary-key-88' } };
  const bridge = await openBridge({ web: entry }, { oauth: agreeing(tokenFolder) });
  const failure = await failureOf(call(bridge, 'web', 'leak'));
  expect(failure.message).toContain('[redacted]');
  expect(failure.message).not.toContain('canary');
  expect(seen.length).toBeGreaterThan(2);
  expect(JSON.stringify(seen.map(({ headers }) => headers))).not.toContain('canary');
  revoke();
  const refused = await openBridge({ web: entry }, { oauth: { tokenFolder } });
  expect((await failureOf(call(refused, 'web', 'open'))).message).not.toContain('canary');
});

test.each(['javascript:alert(1)', 'http://example.test/authorize', 'file:///etc/passwd'])(
  'a person is not sent to %s',
  async (page) => {
    const { url } = await startGuarded({ page: () => page });
    const asked: string[] = [];
    const oauth = agreeing(await scratchFolder(), asked);
    const bridge = await openBridge({ web: { url } }, { oauth });
    expect(await failureOf(call(bridge, 'web', 'open'))).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
    });
    expect(asked).toEqual([]);
  },
);

test('an answer with a wrong state does not count, and the person has only so long', async () => {
  const { url } = await startGuarded();
  const answered: number[] = [];
  const bridge = await openBridge(
    { web: { url } },
    {
      oauth: {
        tokenFolder: await scratchFolder(),
        answerMs: 500,
        askUser: async ({ url: page }) => {
          const back = new URL(new URL(page).searchParams.get('redirect_uri') ?? '');
          back.search = '?code=forged&state=guessed';
          answered.push((await fetch(back)).status);
        },
      },
    },
  );
  expect(await failureOf(call(bridge, 'web', 'open'))).toMatchObject({
    code: 'SERVER_UNAVAILABLE',
  });
  expect(answered).toEqual([400]);
});

test('credentials of the configuration go before OAuth', async () => {
  const { url } = await startGuarded();
  const asked: string[] = [];
  const entry = { url, headers: { Authorization: `Bearer ${token}` } };
  const oauth = agreeing(await scratchFolder(), asked);
  const bridge = await openBridge({ web: entry }, { oauth });
  expect(await resultOf(call(bridge, 'web', 'open'))).toBe('in');
  expect(asked).toEqual([]);
});

test('a token file that is damaged is none, and a write replaces it', async () => {
  const folder = await scratchFolder();
  const file = new TokenFile(folder, ['a']);
  expect(await file.read()).toEqual({});
  await file.write({ tokens: 1 });
  expect(await file.read()).toEqual({ tokens: 1 });
  const [name = ''] = await readdir(folder);
  expect(await readFile(path.join(folder, name), 'utf8')).toBe('{"tokens":1}');
  expect(await new TokenFile(folder, ['b']).read()).toEqual({});
});

test('defaultTokenFolder() follows the OS', () => {
  expect(defaultTokenFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/mcp-cli/tokens');
  expect(defaultTokenFolder({ XDG_DATA_HOME: 'data' }, 'linux')).toMatch(/\.local\/share\/mcp-cli/);
  expect(defaultTokenFolder({}, 'darwin')).toContain('Application Support');
});

test('a call that needs a wider scope asks a person for it, once for the same scope', async () => {
  const { url } = await startGuarded();
  const asked: string[] = [];
  const tokenFolder = path.join(await scratchFolder(), 'tokens');
  const oauth = agreeing(tokenFolder, asked);
  const bridge = await openBridge({ web: { url } }, { oauth });
  const scopes = () => asked.map((page) => new URL(page).searchParams.get('scope'));
  expect(await resultOf(call(bridge, 'web', 'open'))).toBe('in');
  expect(await resultOf(call(bridge, 'web', 'write'))).toBe('written');
  expect(scopes()).toEqual([null, 'read write']);
  for (const _ of [1, 2]) {
    expect((await failureOf(call(bridge, 'web', 'never'))).code).toBe('SERVER_UNAVAILABLE');
  }
  expect(scopes()).toEqual([null, 'read write', 'read write all']);
  const noOne = await openBridge({ web: { url } }, { oauth: { tokenFolder } });
  expect((await failureOf(call(noOne, 'web', 'never'))).status).toBe('failed');
});

test.each(['reset', 'garbled'] as const)(
  'a call that is answered with 401 was not carried out, also where asking for access fails: %s',
  async (how) => {
    const { url, revoke } = await startGuarded();
    const tokenFolder = await scratchFolder();
    const first = await openBridge({ web: { url } }, { oauth: agreeing(tokenFolder) });
    expect(await resultOf(call(first, 'web', 'open'))).toBe('in');
    const later = await openBridge({ web: { url } }, { oauth: { tokenFolder } });
    expect(await resultOf(call(later, 'web', 'open'))).toBe('in');
    revoke(how);
    expect(await failureOf(call(later, 'web', 'open'))).toMatchObject({
      status: 'failed',
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringMatching(/HTTP status 401.*use it once from a terminal/s),
      retryable: false,
    });
  },
);

test('a client of the configuration is used instead of a registration, and its secret not shown', async () => {
  const { url, seen } = await startGuarded();
  const asked: string[] = [];
  const oauth = agreeing(path.join(await scratchFolder(), 'tokens'), asked);
  const callbackPort = Number(new URL(await listen(() => {})).port) + 1;
  const clientSecret = variable('SECRET');
  const client = { clientId: 'mine', clientSecret, scope: 'read', callbackPort };
  const env = { SECRET: 'canary-client-9c1e' };
  const bridge = await openBridge({ web: { url, oauth: client } }, { oauth, env });
  expect(await resultOf(call(bridge, 'web', 'open'))).toBe('in');
  const [page = ''] = asked;
  expect(new URL(page).searchParams.get('client_id')).toBe('mine');
  expect(new URL(page).searchParams.get('scope')).toBe('read');
  const redirect = new URL(page).searchParams.get('redirect_uri');
  expect(redirect).toBe(`http://127.0.0.1:${callbackPort}/callback`);
  expect(page).not.toContain('canary');
  expect(seen.map(({ method }) => method)).not.toContain('/register');
  const exchange = seen.find(({ method }) => method === '/token');
  expect(exchange?.headers.authorization).toBe(`Basic ${btoa('mine:canary-client-9c1e')}`);
});

test.each([
  ['{}', 'an entry with "clientId"'],
  ['{"clientId":"a","callbackPort":0}', 'a number from 1 to 65535'],
  ['{"clientId":"a","client_secret":"b"}', 'only "clientId", "clientSecret"'],
])('an entry with oauth %s is refused', async (oauth, expected) => {
  const entry = { url: 'https://example.com/mcp', oauth: JSON.parse(oauth) as object };
  await expect(openBridge({ web: entry })).rejects.toThrow(expected);
});
