import type { RequestGroup } from '../http-attack.ts';

const message = (method: string, params: object = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', ...(id !== null && { id }), method, params });
const initialize = message('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'x', version: '1' },
});
const list = message('tools/list');
const host = 'Host: localhost';

/** A request as bytes; lines of its head by name, so that a test can leave one out. */
function request(
  first: string,
  headers: readonly string[],
  body = '',
  length: string | null = `Content-Length: ${Buffer.byteLength(body)}`,
): string {
  const all = [first, ...headers, ...(length === null ? [] : [length]), 'Connection: close'];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
}

const typed = [
  host,
  'Content-Type: application/json',
  'Accept: application/json, text/event-stream',
];
const post = (body: string, more: readonly string[] = [], path = '/mcp') =>
  request(`POST ${path} HTTP/1.1`, [...typed, ...more], body);
const get = (path: string, more: readonly string[] = []) =>
  request(`GET ${path} HTTP/1.1`, [host, ...more], '', null);
const method = (name: string, path = '/mcp') =>
  request(`${name} ${path} HTTP/1.1`, typed, '', null);
const inSession = (body: string, session: string, more: readonly string[] = []) =>
  post(body, [`Mcp-Session-Id: ${session}`, ...more]);
const asHost = (name: string) =>
  request('POST /mcp HTTP/1.1', [`Host: ${name}`, ...typed.slice(1)], initialize);
const from = (origin: string) => post(initialize, [`Origin: ${origin}`]);
const chunked = (body: string, encoding = 'chunked') =>
  request('POST /mcp HTTP/1.1', [...typed, `Transfer-Encoding: ${encoding}`], body, null);
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/**
 * Row 24. `$victim` is the session of another client, `$token` the attacker's token, `$stolen` the
 * secret of the victim's token without its name.
 */
export const requests: readonly RequestGroup[] = [
  {
    status: 403,
    requests: {
      // HTTP/0.9, which has no Host.
      'no version of HTTP': 'POST /mcp\r\n\r\n',
      'a token for the metrics': post(initialize, ['Authorization: Bearer $metrics']),
      'the metrics with a token of an agent': get('/metrics', ['Authorization: Bearer $token']),
      'two hosts': request('POST /mcp HTTP/1.1', ['Host: evil.example', ...typed], initialize),
      'the name of another host': asHost('evil.example'),
      'a name that was pointed at this machine': asHost('127.0.0.1.nip.io'),
      'a name with a dot at its end': asHost('localhost.'),
      'a name before an at sign': asHost('localhost@evil.example'),
      'the address of all networks': asHost('0.0.0.0'),
      'the address of a cloud': asHost('169.254.169.254'),
      'a page of another site': from('https://evil.example'),
      'a page without a name': from('null'),
      'a page whose name begins as ours': from('http://localhost.evil.example'),
      'a page of a browser extension': from('chrome-extension://abc'),
      'a file as a page': from('file://'),
      'two pages': from('http://localhost http://evil.example'),
      'the metrics by another name': request(
        'GET /metrics HTTP/1.1',
        ['Host: evil.example'],
        '',
        null,
      ),
    },
  },
  {
    status: 404,
    requests: {
      'two sessions': inSession(list, '$victim', ['Mcp-Session-Id: x']),
      'the session of another client': inSession(list, '$victim', ['Authorization: Bearer $token']),
      'its session without a token': inSession(list, '$victim'),
      'the stream of another client': get('/mcp', [
        'Accept: text/event-stream',
        'Mcp-Session-Id: $victim',
        'Authorization: Bearer $token',
      ]),
      'the end of another client': request(
        'DELETE /mcp HTTP/1.1',
        [host, 'Mcp-Session-Id: $victim', 'Authorization: Bearer $token'],
        '',
        null,
      ),
      'an answer in the name of another client': inSession(
        '{"jsonrpc":"2.0","id":1,"result":{}}',
        '$victim',
        ['Authorization: Bearer $token'],
      ),
      'a cancellation of another client': inSession(
        message('notifications/cancelled', { requestId: 1 }, null),
        '$victim',
        ['Authorization: Bearer $token'],
      ),
      'a session that was guessed': inSession(list, '0'.repeat(32)),
      'a session named as a key of objects': inSession(list, '__proto__'),
      'a session that is a path': inSession(list, '../../etc/passwd'),
      'a path above': get('/../../etc/passwd'),
      'a path above the health': get('/healthz/../metrics/..%2f..%2fetc/passwd'),
      'a path with an escaped slash': get('/%2fmcp'),
      'a path with a NUL': get('/healthz%00'),
      'a path with two slashes': get('//metrics'),
      'a path with a backslash': get('/healthz\\..\\metrics'),
      'a path in other case': get('/HEALTHZ'),
      'a path with parameters behind a semicolon': get('/metrics;.css'),
      'what a server of Node may have': get('/.env'),
      'the page of another site through us': get('http://169.254.169.254/latest'),
      'the health of another site through us': get('http://evil.example/healthz'),
      'a path of eight thousand characters': get(`/${'a'.repeat(8_000)}`),
    },
  },
  {
    status: 401,
    requests: {
      'a token that is none': post(initialize, ['Authorization: Bearer x']),
      'no token where the proxy has been': post(initialize, ['X-Forwarded-For: 127.0.0.1']),
      'a password': post(initialize, ['Authorization: Basic YTpi']),
      'the name of the victim with a guess': post(initialize, [
        'Authorization: Bearer mcp_victim_guess',
      ]),
      "the victim's secret under another name": post(initialize, [
        'Authorization: Bearer mcp_thief_$stolen',
      ]),
      'a token that is a path': post(initialize, ['Authorization: Bearer mcp_../victim_$stolen']),
      'the metrics with a token that is none': get('/metrics', ['Authorization: Bearer x']),
    },
  },
  {
    // Another way to write an address of this machine: no name that somebody could point elsewhere.
    status: 200,
    requests: {
      'this machine as a number': asHost('2130706433'),
      'this machine written shorter': asHost('127.1'),
    },
  },
  {
    status: 405,
    requests: {
      TRACE: method('TRACE'),
      PUT: method('PUT'),
      PATCH: method('PATCH'),
      HEAD: method('HEAD'),
      PROPFIND: method('PROPFIND'),
      'OPTIONS that asks for nothing': method('OPTIONS'),
    },
  },
  { status: 'closed', requests: { CONNECT: method('CONNECT', 'evil.example:443') } },
  {
    status: 400,
    requests: {
      'no host': request('POST /mcp HTTP/1.1', typed.slice(1), initialize),
      'two lengths': post(initialize, ['Content-Length: 5']),
      'a length and chunks': request(
        'POST /mcp HTTP/1.1',
        [...typed, 'Transfer-Encoding: chunked'],
        '0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n',
      ),
      'a length below nothing': request('POST /mcp HTTP/1.1', typed, '', 'Content-Length: -1'),
      'a length with a sign': request('POST /mcp HTTP/1.1', typed, 'x', 'Content-Length: +1'),
      'a chunk of a wrong size': chunked(`zz\r\n${initialize}\r\n0\r\n\r\n`),
      'a chunk that is too large for any': chunked('fffffffffffffffff\r\nx\r\n0\r\n\r\n'),
      'chunks within chunks': chunked('0\r\n\r\n', 'chunked, chunked'),
      'chunks under another name': chunked('0\r\n\r\n', 'xchunked'),
      'a header that goes on in the next line': post(initialize, ['X: a\r\n b']),
      'a header with a NUL': post(initialize, ['X: a\u0000b']),
      'a name of a header with a space': post(initialize, ['X : a']),
      'ends of lines without a return': request('POST /mcp HTTP/1.1', typed, initialize).replaceAll(
        '\r\n',
        '\n',
      ),
      'a later HTTP in clear text': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'a handshake of TLS': '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
      'text that is no JSON': post('{"jsonrpc":'),
      nothing: post(''),
      'a list of ten thousand messages': post(
        `[${Array.from({ length: 10_000 }, () => list).join(',')}]`,
      ),
      'an empty list': post('[]'),
      null: post('null'),
      'a key __proto__ in place of a message': post('{"__proto__":{"polluted":1}}'),
      'a hundred thousand levels': post(deep(100_000)),
      'no session': post(list),
      'another version of the protocol': inSession(list, '$own', [
        'Authorization: Bearer $token',
        'MCP-Protocol-Version: 1970-01-01',
      ]),
    },
  },
  {
    status: 413,
    requests: {
      'a body of three megabytes': post(`"${'x'.repeat(3_000_000)}"`),
      'a length of a terabyte': request(
        'POST /mcp HTTP/1.1',
        typed,
        '',
        'Content-Length: 1099511627776',
      ),
    },
  },
  {
    status: 415,
    requests: {
      'a form of a page': request(
        'POST /mcp HTTP/1.1',
        [host, 'Accept: */*', 'Content-Type: application/x-www-form-urlencoded'],
        initialize,
      ),
      'a text of a page': request(
        'POST /mcp HTTP/1.1',
        [host, 'Content-Type: text/plain'],
        initialize,
      ),
      'a packed body': post(initialize, ['Content-Encoding: gzip']),
      'no type': request('POST /mcp HTTP/1.1', [host, 'Accept: application/json'], initialize),
    },
  },
  {
    status: 431,
    requests: {
      'a header of a hundred kilobytes': post(initialize, [`X: ${'x'.repeat(100_000)}`]),
      'ten thousand headers': post(
        initialize,
        Array.from({ length: 10_000 }, (_, at) => `X${at}: 1`),
      ),
      'a path of a hundred kilobytes': get(`/${'a'.repeat(100_000)}`),
    },
  },
];
