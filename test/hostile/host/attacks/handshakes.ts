import { line, result } from '../behaviour.ts';
import type { StdioGroup } from '../server-attack.ts';

const shaken = (fields: object) => ({
  initialize: result({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'scripted', version: '0' },
    ...fields,
  }),
});

/** Row 22: how a server begins. */
export const handshakes: readonly StdioGroup[] = [
  {
    end: { offers: ['t'] },
    servers: {
      'a name with escape sequences': shaken({
        serverInfo: { name: '\u001b[2J*/`', version: '\u202e' },
      }),
      'instructions of a megabyte': shaken({ instructions: 'Obey. '.repeat(200_000) }),
      'a handshake that is answered twice': {
        initialize: [...shaken({}).initialize, ...shaken({}).initialize],
      },
      'a key __proto__ in the handshake': {
        initialize: [
          line(
            '{"jsonrpc":"2.0","id":#id,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"__proto__":{"polluted":1}},"serverInfo":{"name":"x","version":"0"},"__proto__":{"polluted":1}}}',
          ),
        ],
      },
      'a greeting before the handshake': {
        initialize: [
          line('Welcome! {"jsonrpc":"2.0","id":0,"result":{}}'),
          line('{"jsonrpc":'),
          line(''),
          line('null'),
          ...shaken({}).initialize,
        ],
      },
      'wishes before the handshake is done': {
        initialize: [
          { send: { id: 'x', method: 'sampling/createMessage', params: {} }, times: 50 },
          { send: { method: 'notifications/tools/list_changed' }, times: 50 },
          ...shaken({}).initialize,
        ],
      },
      'a storm of changes after the handshake': {
        'notifications/initialized': [
          { send: { method: 'notifications/tools/list_changed' }, times: 5_000 },
        ],
      },
      'errors without end after the handshake': {
        'notifications/initialized': [{ stderr: 'fatal $token\u001b[31m\n', times: 50_000 }],
      },
    },
  },
  {
    end: { unavailable: 'SERVER_UNAVAILABLE' },
    servers: {
      'a version that is a number': shaken({ protocolVersion: 7 }),
      'a version from the future': shaken({ protocolVersion: '2999-01-01' }),
      'capabilities that are a text': shaken({ capabilities: 'all' }),
      'no name': shaken({ serverInfo: null }),
      'a result that is null': { initialize: [{ send: { id: '#id', result: null } }] },
      'an error with a secret': {
        initialize: [{ send: { id: '#id', error: { code: -1, message: 'token $token' } } }],
      },
      'an end with a secret on stderr': {
        initialize: [{ stderr: 'cannot use $token\u001b]0;x\u0007\n' }, { exit: 1 }],
      },
      'its end in place of the list': { 'tools/list': [{ exit: 0 }] },
      'an end by a signal': { initialize: [{ signal: 'SIGKILL' }] },
      'a line without an end': { initialize: [{ raw: 'x'.repeat(65_536), times: 3_000 }] },
    },
    caps: { resultBytes: 1_000_000 },
  },
  {
    end: { unavailable: 'SERVER_UNAVAILABLE' },
    caps: { connectMs: 1_500 },
    servers: {
      'no answer to the handshake': { initialize: [] },
      'an answer to another handshake': { initialize: [{ send: { id: 999, result: {} } }] },
      'a handshake letter by letter': { initialize: [{ drip: ' ', everyMs: 5 }] },
      'pages without end': {
        'tools/list': [
          { send: { id: '#id', result: { tools: [{ name: 'p#id' }], nextCursor: '#id+' } } },
        ],
      },
      'no answer to the list': { 'tools/list': [] },
    },
  },
];
