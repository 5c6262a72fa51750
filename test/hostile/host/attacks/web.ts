import type { WebGroup } from '../server-attack.ts';
import type { Answer, Exchange } from '../web-server.ts';

const stream = { 'content-type': 'text/event-stream' };
const json = { 'content-type': 'application/json' };
const reply = (value: string) =>
  `{"jsonrpc":"2.0","id":"#id","result":{"content":[],"structuredContent":${value}}}`;
const fine = reply('"fine"');
const event = (data: string) => `data: ${data}\n\n`;
const call = (answer: Answer): Exchange => ({ 'tools/call': answer });
const to = (location: string): Answer => ({ status: 307, headers: { location } });
const streamed = (body: string, more: Partial<Answer> = {}) =>
  call({ headers: stream, body, ...more });
/** In place of the handshake. */
const begun = (answer: Answer): Exchange => ({ initialize: answer, 'server/discover': answer });
const session = (id: string): Exchange => ({
  initialize: {
    headers: { ...json, 'mcp-session-id': id },
    body: '{"jsonrpc":"2.0","id":"#id","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"x","version":"0"}}}',
  },
});

/** Rows 22 and 23: servers over HTTP. Nothing of them may lead to the trap. */
export const web: readonly WebGroup[] = [
  {
    end: { returned: 'fine' },
    servers: {
      'nothing hostile': {},
      'two answers in one stream': streamed(event(fine) + event(reply('"second"'))),
      'an answer after one that is broken': streamed(event('{"jsonrpc') + event(fine)),
      'events of names that there are not': streamed(
        `event: __proto__\n${event('x')}${event(fine)}`,
      ),
      'ids of events that end a header': streamed(`id: a\u0000b\n${event(fine)}`),
      'comments without end, then an answer': streamed(`${':x\n'.repeat(50_000)}${event(fine)}`),
      'wishes in the stream': streamed(
        event('{"jsonrpc":"2.0","id":"w","method":"sampling/createMessage","params":{}}').repeat(
          200,
        ) + event(fine),
      ),
      'answers to what nobody asked': streamed(
        event('{"jsonrpc":"2.0","id":4711,"result":{}}').repeat(200) + event(fine),
      ),
      'a cookie, a refresh and a policy': call({
        headers: {
          ...json,
          'set-cookie': 'a=b; Domain=localhost',
          refresh: '0; url=$trap',
          link: '<$trap>; rel=preload',
          location: '$trap',
        },
        body: fine,
      }),
      'an answer packed twice as large': call({
        body: fine,
        packed: true,
        headers: { ...json, 'content-encoding': 'gzip' },
      }),
      'a session id of a megabyte less one': session('s'.repeat(8_000)),
      'a session id that is a path': session('../../etc/passwd'),
    },
  },
  {
    end: { threw: 'SERVER_UNAVAILABLE' },
    servers: {
      'a redirect to the trap': call(to('$trap/x')),
      'a redirect to the addresses of a cloud': call(to('http://169.254.169.254/latest/meta-data')),
      'a redirect to it as IPv6': call(to('http://[::ffff:a9fe:a9fe]/latest')),
      'a redirect to this machine by a name': call(to('http://localhost:1/')),
      'a redirect to a file': call(to('file:///etc/passwd')),
      'a redirect to a script': call(to('javascript:alert(1)')),
      'a redirect to data': call(to('data:application/json,{}')),
      'a redirect with a name and a password': call(to('http://a:b@127.0.0.1:1/')),
      'a redirect in a circle': call(to('$own/mcp')),
      'a redirect to nowhere': call({ status: 302 }),
      'a demand for a token': call({
        status: 401,
        headers: { 'www-authenticate': 'Bearer resource_metadata="http://169.254.169.254/meta"' },
      }),
      'a demand for a password': call({
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="x"' },
      }),
      'a refusal with the secret of the header': call({
        status: 403,
        body: 'canary-of-a-header-c03d',
      }),
      'a session that is gone, each time': call({ status: 404 }),
      'too many requests for ever': call({
        status: 429,
        headers: { 'retry-after': '99999999999' },
      }),
      'a service that comes back in the past': call({
        status: 503,
        headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
      }),
    },
  },
  {
    end: { threw: 'CALL_UNKNOWN' },
    servers: {
      'a redirect that turns it into a GET': call({ status: 303, headers: { location: '$trap' } }),
      'a page in place of an answer': call({
        headers: { 'content-type': 'text/html' },
        body: fine,
      }),
      'no type': call({ headers: {}, body: fine }),
      'two types': call({ headers: { 'content-type': 'text/html, application/json' }, body: '<' }),
      'half an answer': call({ body: fine.slice(0, 20) }),
      'an answer and more': call({ body: `${fine}}` }),
      'no body': call({}),
      null: call({ body: 'null' }),
      'an answer that is cut': call({
        headers: { ...json, 'content-length': '9999' },
        body: fine,
        after: 'cut',
      }),
      'a length that is too long': call({
        headers: { ...json, 'content-length': '9999' },
        body: '',
        after: 'cut',
      }),
      'a stream that ends without an answer': streamed(event('{"jsonrpc":"2.0","method":"x"}')),
      'a stream that is cut': streamed('data: {"json', { after: 'cut' }),
      'keys beside those of JSON-RPC': call({ body: fine.replace('{', '{"x":1,') }),
      'what is packed and is not': call({
        headers: { ...json, 'content-encoding': 'gzip' },
        body: fine,
      }),
      'a packing that there is not': call({
        headers: { ...json, 'content-encoding': 'x-evil' },
        body: 'x',
      }),
      'an error of the gateway': call({ status: 502, body: '\u001b[31m' }),
    },
  },
  {
    end: { threw: 'RESULT_TOO_LARGE' },
    caps: { resultBytes: 1_000_000 },
    servers: {
      'ten megabytes': call({ body: 'x'.repeat(100_000), times: 100 }),
      'ten megabytes of an event': streamed(`data: ${'x'.repeat(100_000)}`, { times: 100 }),
      'a body without end': call({ body: 'x'.repeat(100_000), after: 'again' }),
      'a line without end': streamed('x'.repeat(100_000), { after: 'again' }),
      'a hundred megabytes, packed': call({
        headers: { ...json, 'content-encoding': 'gzip' },
        body: ' '.repeat(1_000_000),
        times: 100,
        packed: true,
      }),
      'a hundred thousand levels': call({
        body: reply(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      }),
    },
  },
  {
    end: { threw: 'CALL_TIMEOUT' },
    caps: { callMs: 700 },
    servers: {
      'an answer that never comes': call({ after: 'hang' }),
      'a stream that never ends': streamed(': still here\n\n', { after: 'again' }),
      'a stream of empty events': streamed('data:\n\n', { after: 'again' }),
      'a body letter by letter': call({ body: ' ', after: 'again' }),
      'a stream that asks to come again at once': streamed('retry: 0\nid: 1\n\n', {
        after: 'hang',
      }),
      'an answer for another id': call({ body: fine.replace('"#id"', '987654') }),
    },
  },
  {
    end: { unavailable: 'SERVER_UNAVAILABLE' },
    caps: { connectMs: 5_000 },
    servers: {
      'a redirect at the start': begun(to('$trap/mcp')),
      'a page at the start': begun({ headers: { 'content-type': 'text/html' }, body: '<h1>' }),
      'an error at the start': begun({ status: 500, body: 'canary-of-a-header-c03d' }),
      'a demand for a token at the start': begun({
        status: 401,
        headers: { 'www-authenticate': 'Bearer resource_metadata="http://169.254.169.254/meta"' },
      }),
      'a body without end at the start': begun({ body: 'x'.repeat(100_000), after: 'again' }),
      'a redirect of the list': { 'tools/list': to('$trap/mcp') },
    },
  },
];
