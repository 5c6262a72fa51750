import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer, isIP } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { foreignFetch } from '../src/foreign-fetch.ts';
import { type Resolve, reachable } from '../src/reachable.ts';

const there = new URL('https://mcp.example.org/mcp');
const here = new URL('http://127.0.0.1/mcp');

/** Each question gets the next answer, and the last one again. */
function answers(...addresses: string[][]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    const found = addresses[Math.min(asked.length, addresses.length - 1)] as string[];
    asked.push(host);
    return found.map((address) => ({ address, family: isIP(address) }));
  };
  return { resolve, asked };
}

async function listening() {
  const seen: string[] = [];
  const server = createServer(async ({ method, headers, url }, response) => {
    seen.push(`${method} ${headers.host?.split(':')[0]} ${url}`);
    if (url === '/away') response.writeHead(302, { location: 'http://127.0.0.1/' }).end();
    else response.writeHead(201, { 'x-said': 'yes' }).end('{"a":1}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, seen };
}

test('a name is resolved once, and an address inside is not connected to', async () => {
  const { port, seen } = await listening();
  const { resolve, asked } = answers(['93.184.216.34'], ['127.0.0.1']);
  const target = new URL(`https://auth.example.org:${port}/`);
  const lookup = await reachable(target, there, resolve);
  await expect(foreignFetch(target, undefined, lookup)).rejects.toThrow(/which is not public/);
  expect(asked).toEqual(['mcp.example.org', 'auth.example.org']);
  expect(seen).toEqual([]);
});

test('one address inside among public ones is enough to refuse, and none to allow', async () => {
  const mixed = answers(['93.184.216.34'], ['93.184.216.34', '10.0.0.1']);
  const target = new URL('https://auth.example.org/');
  const lookup = await reachable(target, there, mixed.resolve);
  await expect(foreignFetch(target, undefined, lookup)).rejects.toThrow(/which is not public/);
  const own = answers(['127.0.0.1', '93.184.216.34']);
  await expect(reachable(new URL('http://127.0.0.1/'), there, own.resolve)).rejects.toThrow(
    /not https/,
  );
});

test.each([
  'http://8.8.8.8/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://169.254.169.254/latest',
  'https://0.0.0.0/',
  'https://2130706433/',
  'ftp://8.8.8.8/',
  'javascript:alert(1)',
])('a public server cannot name %s', async (url) => {
  const from = new URL('https://8.8.4.4/mcp');
  await expect(reachable(new URL(url), from)).rejects.toThrow(/it names/);
});

test.each([
  'http://auth.example.org/',
  'https://10.1.2.3/',
  'https://[::1]/',
  'file:///etc/passwd',
])('a server outside cannot name %s', async (url) => {
  const { resolve } = answers(['93.184.216.34']);
  await expect(reachable(new URL(url), there, resolve)).rejects.toThrow(/it names/);
});

test('a server inside may name one inside: method, headers and body go there, and no redirect is followed', async () => {
  const { port, seen } = await listening();
  const { resolve } = answers(['127.0.0.1']);
  const target = new URL(`http://auth.example.org:${port}/token`);
  const lookup = await reachable(target, here, resolve);
  const body = new URLSearchParams({ code: 'x' });
  const response = await foreignFetch(target, { method: 'POST', body }, lookup);
  expect([response.status, response.headers.get('x-said')]).toEqual([201, 'yes']);
  expect(await response.json()).toEqual({ a: 1 });
  const away = new URL('/away', target);
  await expect(foreignFetch(away, undefined, lookup)).rejects.toThrow(/redirect/);
  const stopped = foreignFetch(target, { signal: AbortSignal.abort() }, lookup);
  await expect(stopped).rejects.toThrow();
  expect(seen).toEqual(['POST auth.example.org /token', 'GET auth.example.org /away']);
});

test('a connection that wants one address gets the first', async () => {
  const { resolve } = answers(['93.184.216.34', '93.184.216.35']);
  const lookup = await reachable(new URL('https://auth.example.org/'), there, resolve);
  const found = new Promise((done) => {
    lookup('auth.example.org', { all: false }, (error, address, family) =>
      done([error, address, family]),
    );
  });
  expect(await found).toEqual([null, '93.184.216.34', 4]);
});

test('an answer with a status that is none is an error', async () => {
  const server = createNetServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const lookup = await reachable(here, here);
  await expect(
    foreignFetch(new URL(`http://127.0.0.1:${port}/`), undefined, lookup),
  ).rejects.toThrow(RangeError);
});

test.each([
  ['10.0.0.5', 'http://169.254.169.254/latest'],
  ['10.0.0.5', 'http://[fe80::1]/'],
  ['10.0.0.5', 'http://[::ffff:169.254.169.254]/'],
  ['10.0.0.5', 'http://[fd00:ec2::254]/'],
  ['10.0.0.5', 'http://127.0.0.1:8080/'],
  ['10.0.0.5', 'http://[::1]/'],
  ['127.0.0.1', 'http://169.254.169.254/latest'],
  ['169.254.0.1', 'http://169.254.169.254/latest'],
])('a server at %s cannot name %s, which is nearer or of the cloud', async (own, url) => {
  await expect(reachable(new URL(url), new URL(`http://${own}/mcp`))).rejects.toThrow(/not public/);
});

test('a server at 10.0.0.5 can name 192.168.1.1, and one of this machine both', async () => {
  for (const own of ['10.0.0.5', '127.0.0.1']) {
    await reachable(new URL('http://192.168.1.1/'), new URL(`http://${own}/mcp`));
  }
});
