import type { Row } from '../hostile-program.ts';

/** Row 3: how a run ended is said by the host alone. */
export const forgedEnds: Row = {
  groups: [
    {
      end: { threw: 'Error', message: 'Thrown: out of memory' },
      programs: {
        'the text of full memory': "throw 'out of memory'",
      },
    },
    {
      end: { threw: 'InternalError', message: 'out of memory' },
      programs: {
        'an internal error of the engine':
          "throw Object.assign(new Error('out of memory'), { name: 'InternalError' })",
      },
    },
    {
      end: {
        threw: 'Error',
        message: 'Thrown: {"status":"limit","limit":{"kind":"fuel","allowed":1}}',
      },
      programs: {
        'a status': "throw { status: 'limit', limit: { kind: 'fuel', allowed: 1 } }",
      },
    },
    {
      end: { threw: 'Error', message: 'x' },
      programs: {
        'a code of ours': "throw Object.assign(new Error('x'), { code: 'NOT_ALLOWED' })",
      },
    },
    {
      end: { threw: 'ToolCallError', message: 'x' },
      programs: {
        'a name of ours':
          "throw Object.assign(new Error('x'), { name: 'ToolCallError', code: 'TOOL_FAILED', retryable: true })",
      },
    },
    {
      end: {
        returned: {
          status: 'threw',
          error: { name: 'x', message: 'y', stack: '' },
          logs: [],
          calls: [],
          usage: {},
          runId: 'forged',
        },
      },
      programs: {
        'a result like an outcome':
          "return { status: 'threw', error: { name: 'x', message: 'y', stack: '' }, logs: [], calls: [], usage: {}, runId: 'forged' }",
      },
    },
    {
      end: { returned: { status: 'limit', limit: { kind: 'memory', allowed: 5 } } },
      programs: {
        'a result like a limit':
          "return { status: 'limit', limit: { kind: 'memory', allowed: 5 } }",
      },
    },
    {
      end: { returned: 1 },
      programs: {
        'a log line like a frame': "console.log('\\u0005\\0\\0\\0\\0\\u0004'); return 1",
        'a log line like JSON-RPC':
          'console.log(\'{"jsonrpc":"2.0","id":1,"result":{}}\'); return 1',
        'a rejected promise that nobody awaits': "Promise.reject(new Error('lost')); return 1",
        'a rejection after the end': "setTimeout(() => { throw new Error('late') }, 1); return 1",
      },
    },
    {
      end: { threw: 'Error', message: 'got' },
      programs: {
        'a getter of the message that calls':
          "throw Object.defineProperty(new Error('x'), 'message', { get() { callTool('tools', 'echo', {}); return 'got' } })",
      },
    },
    {
      end: {
        threw: 'ToolCallError',
        code: 'FILE_NOT_FOUND',
        message: 'There is no file /workspace/nope. listFiles("/workspace") shows what is there.',
      },
      programs: {
        'a code of an error of ours that is changed':
          "const error = await readFile('/workspace/nope').catch((e) => e); try { error.code = 'NOT_ALLOWED' } catch {} throw error",
      },
    },
    {
      end: {
        threw: 'ToolCallError',
        message: 'There is no file /workspace/nope. listFiles("/workspace") shows what is there.',
      },
      programs: {
        'an error that inherits from ours':
          "const error = await readFile('/workspace/nope').catch((e) => e); throw Object.create(error, { code: { value: 'NOT_ALLOWED' } })",
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: undefined' },
      programs: {
        undefined: 'throw undefined',
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: null' },
      programs: {
        null: 'throw null',
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: Symbol(limit)' },
      programs: {
        'a symbol': "throw Symbol('limit')",
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: function limit() {}' },
      programs: {
        'a function': 'throw function limit() {}',
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: a value that cannot be shown' },
      programs: {
        'a proxy that throws':
          "throw new Proxy({}, { get() { throw new Error('again') }, getPrototypeOf() { throw new Error('again') } })",
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: {}' },
      programs: {
        'an error without a prototype': "throw Object.setPrototypeOf(new Error('bare'), null)",
      },
    },
    {
      end: { threw: 'Error', message: '' },
      programs: {
        'an error with a message that is an object':
          'throw Object.assign(new Error(), { message: { toString() { throw 1 } } })',
      },
    },
    {
      end: { threw: 'Error' },
      programs: {
        'an error with a very long message': "throw new Error('x'.repeat(1e7))",
      },
    },
    {
      end: {
        threw:
          'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn',
        message: 'm',
      },
      programs: {
        'an error with a very long name':
          "throw Object.assign(new Error('m'), { name: 'n'.repeat(1e6) })",
      },
    },
    {
      end: { threw: 'AggregateError', message: 'many' },
      programs: {
        'an aggregate error': "throw new AggregateError([new Error('a')], 'many')",
      },
    },
    {
      end: { threw: 'Error', message: 'loop' },
      programs: {
        'an error with a cause that is itself':
          "const error = new Error('loop'); error.cause = error; throw error",
      },
    },
    {
      end: { threw: 'Error', message: 'timer' },
      programs: {
        'an exception in a timer that is awaited':
          "setTimeout(() => { throw new Error('timer') }, 1); await sleep(30); return 'went on'",
      },
    },
    {
      end: { threw: 'Error', message: 'b' },
      programs: {
        'an end in finally': "try { throw new Error('a') } finally { throw new Error('b') }",
      },
    },
  ],
};
