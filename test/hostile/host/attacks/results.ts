import { called, defined, line, replied, result, structured } from '../behaviour.ts';
import type { StdioGroup } from '../server-attack.ts';

const fine = replied('fine');
const valued = (json: string) =>
  called(line(`{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":${json}}}`));
const asked = (method: string, params: object = {}) =>
  called({ send: { id: 'wish', method, params }, times: 500 }, fine);
const told = (method: string, params: object = {}) =>
  called({ send: { method: `notifications/${method}`, params }, times: 500 }, fine);
const promising = (schema: object, value: unknown) => ({
  ...defined({ outputSchema: schema }),
  'tools/call': [replied(value)],
});

/** Rows 2, 5, 11, 13 and 22: what a server answers to a call. */
export const results: readonly StdioGroup[] = [
  {
    end: { returned: 'fine' },
    servers: {
      'nothing hostile': {},
      'lines that are no messages': called(
        line('debug: {"id":#id}'),
        line('{ not json'),
        line('[1,2]'),
        line('"text"'),
        line('7'),
        line('null'),
        fine,
      ),
      'a second answer': called(fine, replied('second')),
      'answers to what nobody asked': called(
        { send: { id: 4_711, result: structured('forged') } },
        { send: { id: -1, result: structured('forged') } },
        { send: { id: null, result: structured('forged') } },
        { send: { id: 'x', error: { code: 1, message: 'x' } } },
        fine,
      ),
      'answers without an id': called(
        { send: { result: structured('forged') } },
        { send: { error: { code: 1, message: 'x' } } },
        fine,
      ),
      'a wish to use the model': asked('sampling/createMessage', { messages: [], maxTokens: 1 }),
      'a wish to ask the person': asked('elicitation/create', {
        message: 'Your password?',
        requestedSchema: { type: 'object', properties: {} },
      }),
      'a wish to know the folders': asked('roots/list'),
      'a wish to call a tool of the client': asked('tools/call', { name: 'x' }),
      'a wish that there is not': asked('../../etc/passwd'),
      'a wish named as a key of objects': asked('__proto__'),
      'pings without end': asked('ping'),
      'a storm of changed tools': told('tools/list_changed'),
      'a storm of changed resources': told('resources/list_changed'),
      'updates of what nobody subscribed to': told('resources/updated', {
        uri: 'file:///etc/passwd',
      }),
      'progress of what is not under way': told('progress', { progressToken: 99, progress: 1 }),
      'progress that is no number': told('progress', { progressToken: 1, progress: 'NaN' }),
      'a cancellation of our request': told('cancelled', { requestId: 2, reason: 'x' }),
      'logs with a secret and escape sequences': told('message', {
        level: 'error',
        logger: '\u001b[2J',
        data: { text: '$token', __proto__: 1 },
      }),
      'logs of a level that there is not': told('message', { level: '__proto__', data: 1 }),
      'five megabytes on stderr': called(
        { stderr: `${'$token '.repeat(10)}\n`, times: 20_000 },
        fine,
      ),
      'a mark of byte order': called({ raw: '\ufeff' }, line(''), fine),
      'ends of lines of another system': called({
        raw: '{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":"fine"}}\r\n',
      }),
      'empty lines without end': called({ raw: '\n', times: 100_000 }, fine),
      'its id as a text': called(
        line('{"jsonrpc":"2.0","id":"#id","result":{"content":[],"structuredContent":"fine"}}'),
      ),
      'keys beside the known ones': called({
        send: {
          id: '#id',
          result: { ...structured('fine'), x: 1, resultType: 'complete' },
        },
      }),
      'metadata of a megabyte': called({
        send: { id: '#id', result: { ...structured('fine'), _meta: { x: 'x'.repeat(1_000_000) } } },
      }),
      'an end right after the answer': called(fine, { exit: 0 }),
    },
  },
  {
    end: { returned: JSON.parse('{"then":"later"}') },
    servers: { 'a key then': valued('{"then":"later"}') },
  },
  {
    end: { returned: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') },
    servers: {
      'a key __proto__': valued('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
    },
  },
  { end: { returned: { a: 2 } }, servers: { 'a key twice': valued('{"a":1,"a":2}') } },
  { end: { returned: null }, servers: { 'a result null': valued('null') } },
  { end: { returned: 'NaN' }, servers: { 'a text that looks like a number': valued('"NaN"') } },
  { end: { returned: '\ud800' }, servers: { 'half a character': valued('"\\ud800"') } },
  {
    end: { returned: 'fine' },
    servers: {
      'a text beside the value': called({
        send: {
          id: '#id',
          result: { content: [{ type: 'text', text: 'other' }], structuredContent: 'fine' },
        },
      }),
    },
  },
  {
    end: { threw: 'RESULT_TOO_LARGE' },
    caps: { resultBytes: 2_000_000 },
    servers: {
      'a line of twelve megabytes': called(
        { raw: '{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":"' },
        { raw: 'x'.repeat(1_000_000), times: 12 },
        line('"}}'),
      ),
      'its id after twelve megabytes': called(
        { raw: '{"result":{"content":[],"structuredContent":"' },
        { raw: 'x'.repeat(1_000_000), times: 12 },
        line('"},"jsonrpc":"2.0","id":#id}'),
      ),
      'a hundred thousand levels': called(
        { raw: '{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":' },
        { raw: '[', times: 100_000 },
        { raw: ']', times: 100_000 },
        line('}}'),
      ),
      'three hundred levels': valued(`${'['.repeat(300)}${']'.repeat(300)}`),
    },
  },
  {
    end: { threw: 'RESULT_TOO_LARGE' },
    servers: {
      'a million and a half of objects': called(
        { raw: '{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":[' },
        { raw: '{},'.repeat(1_000), times: 1_500 },
        line('1]}}'),
      ),
    },
  },
  {
    end: { threw: 'TOOL_FAILED' },
    servers: {
      'an error with a secret': called({
        send: {
          id: '#id',
          result: { isError: true, content: [{ type: 'text', text: '$token \u001b[2J' }] },
        },
      }),
      'an error of the protocol with a secret': called({
        send: { id: '#id', error: { code: -32_000, message: '$token', data: { stack: '$token' } } },
      }),
      'an error with a code like ours': called({
        send: { id: '#id', error: { code: -32_000, message: 'RESULT_TOO_LARGE', data: 'ABORTED' } },
      }),
      'a message of a megabyte': called({
        send: { id: '#id', error: { code: 1, message: '\u001b[31m'.repeat(200_000) } },
      }),
      'a failure without a text': called({
        send: { id: '#id', result: { isError: true, content: [] } },
      }),
    },
  },
  {
    end: { threw: 'CALL_UNKNOWN' },
    servers: {
      'another version of JSON-RPC': called(line('{"jsonrpc":"1.0","id":#id,"result":{}}')),
      'no version of JSON-RPC': called(line('{"id":#id,"result":{}}')),
      'a result and an error': called(line('{"jsonrpc":"2.0","id":#id,"result":7,"error":"both"}')),
      'neither result nor error': called(line('{"jsonrpc":"2.0","id":#id}')),
      'a result that is a number': called(line('{"jsonrpc":"2.0","id":#id,"result":7}')),
      'a code of an error that is a text': called(
        line('{"jsonrpc":"2.0","id":#id,"error":{"code":"__proto__","message":{}}}'),
      ),
      'keys beside those of JSON-RPC': called(
        line('{"jsonrpc":"2.0","id":#id,"result":{"content":[]},"trace":1}'),
      ),
      'metadata that are a number': called(
        line('{"jsonrpc":"2.0","id":#id,"result":{"content":[],"_meta":7}}'),
      ),
      'half an answer, then its end': called(
        { raw: '{"jsonrpc":"2.0","id":#id,"res' },
        { exit: 0 },
      ),
      'its end with a secret': called({ stderr: 'fatal: $token\n' }, { exit: 3 }),
      'its end by a signal': called({ signal: 'SIGKILL' }),
      'a line without an end': called({ raw: 'x'.repeat(65_536), times: 3_000 }),
    },
    caps: { resultBytes: 1_000_000 },
  },
  {
    end: { threw: 'CALL_TIMEOUT' },
    caps: { callMs: 700 },
    servers: {
      'no answer': called(),
      'an answer for another id': called({ send: { id: 9_999, result: structured('forged') } }),
      'an answer letter by letter': called(
        { raw: '{"jsonrpc":"2.0","id":#id,"result":{"x":"' },
        { drip: 'x', everyMs: 5 },
      ),
      'a list of answers': called(line('[{"jsonrpc":"2.0","id":#id,"result":{}}]')),
      'an answer that is no JSON': called(
        line('{"jsonrpc":"2.0","id":#id,"result":{"content":[],"structuredContent":NaN}}'),
      ),
      'progress in place of an answer': called({
        drip: '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":#id,"progress":1}}\n',
        everyMs: 20,
      }),
      'an answer after the cancellation': {
        'tools/call': [],
        'notifications/cancelled': [{ send: { id: 2, result: structured('late') }, times: 5 }],
      },
    },
  },
  {
    end: { returned: [] },
    servers: {
      'a wish for input in place of a result': {
        'tools/call': result({ resultType: 'input_required', inputRequests: {} }),
      },
    },
  },
  {
    end: { returned: 'no' },
    servers: { 'a result that contradicts its schema': promising({ type: 'number' }, 'no') },
  },
];
