import type { Row } from '../hostile-program.ts';

/** Row 2: __proto__, constructor, then, toJSON in either direction. */
export const keysWithAMeaning: Row = {
  groups: [
    {
      end: { returned: JSON.parse('{"__proto__": {"polluted": 1}}') },
      programs: {
        '__proto__ of a result': 'return JSON.parse(\'{"__proto__":{"polluted":1}}\')',
      },
    },
    {
      end: { returned: { constructor: { prototype: { polluted: 1 } } } },
      programs: {
        'constructor of a result':
          'return JSON.parse(\'{"constructor":{"prototype":{"polluted":1}}}\')',
      },
    },
    {
      // biome-ignore lint/suspicious/noThenProperty: it is what is tried.
      end: { returned: { then: 'not a promise' } },
      programs: {
        'then of a result': "return { then: 'not a promise' }",
      },
    },
    {
      end: { returned: 'settled' },
      programs: {
        'a thenable result': "return { then(resolve) { resolve('settled') } }",
      },
    },
    {
      end: {
        threw: 'DeadlockError',
        code: 'DEADLOCK',
        message:
          'The program waits for a promise that nothing can settle any more: no call is under way and no timer is set.',
      },
      programs: {
        'a thenable that never settles': 'return { then() {} }',
      },
    },
    {
      end: { threw: 'TypeError', message: 'no' },
      programs: {
        'a thenable that rejects': "return { then(_, reject) { reject(new TypeError('no')) } }",
      },
    },
    {
      end: { returned: ['{}', null] },
      programs: {
        '__proto__ in parameters':
          "const answer = await callTool('tools', 'echo', JSON.parse('{\"__proto__\":{\"polluted\":1}}')); return [JSON.stringify(answer), {}.polluted ?? null]",
      },
    },
    {
      end: { returned: ['{"constructor":{"prototype":{"polluted":1}}}', null] },
      programs: {
        'constructor in parameters':
          "const answer = await callTool('tools', 'echo', { constructor: { prototype: { polluted: 1 } } }); return [JSON.stringify(answer), {}.polluted ?? null]",
      },
    },
    {
      end: { returned: 'x' },
      programs: {
        'then in an answer':
          "const answer = await callTool('tools', 'echo', { then: 'x' }); return answer.then",
      },
    },
    {
      end: { returned: '{"toJSON":5}' },
      programs: {
        'toJSON in an answer':
          "const answer = await callTool('tools', 'echo', { toJSON: 5 }); return JSON.stringify(answer)",
      },
    },
    {
      end: { returned: 'UNKNOWN_SERVER' },
      programs: {
        '__proto__ as a server':
          "return (await callTool('__proto__', 'x', {}).catch((error) => error)).code",
        'toString as a server':
          "return (await callTool('toString', 'call', {}).catch((error) => error)).code",
      },
    },
    {
      end: { returned: 'UNKNOWN_TOOL' },
      programs: {
        'constructor as a tool':
          "return (await callTool('tools', 'constructor', {}).catch((error) => error)).code",
      },
    },
    {
      end: { returned: [null, null, 1] },
      programs: {
        'hasOwnProperty as a key of state':
          "return [await getState('hasOwnProperty') ?? null, await setState('hasOwnProperty', 1), await getState('hasOwnProperty')]",
      },
    },
    {
      end: { returned: [{ a: 1 }, null] },
      programs: {
        '__proto__ as a key of state':
          "await setState('__proto__', { a: 1 }); return [await getState('__proto__'), {}.a ?? null]",
      },
    },
    {
      end: { returned: null },
      programs: {
        '__proto__ in fields of a log line':
          "log('info', 'x', JSON.parse('{\"__proto__\":{\"polluted\":1}}')); return {}.polluted ?? null",
      },
    },
    {
      end: { returned: 'logged' },
      programs: {
        'a level of a log line that is a key':
          "try { log('__proto__', 'x'); return 'logged' } catch (error) { return error.name }",
      },
    },
    {
      end: { returned: 'called' },
      programs: {
        'console.constructor': "console['constructor']('x'); return 'called'",
      },
    },
    {
      end: { returned: { own: 1 } },
      programs: {
        'a prototype that is polluted by the program':
          'Object.prototype.polluted = 1; return { own: 1 }',
      },
    },
    {
      end: { returned: 'forged' },
      programs: {
        'a prototype with a toJSON': "Object.prototype.toJSON = () => 'forged'; return { own: 1 }",
      },
    },
    {
      end: { returned: [1] },
      programs: {
        'numbers with a toJSON': "Number.prototype.toJSON = () => 'forged'; return [1]",
      },
    },
    {
      end: { returned: [1, 2] },
      programs: {
        'an array with keys':
          'return Object.assign([1, 2], { __proto__: { length: 5 }, extra: 1 })',
      },
    },
    {
      end: { returned: { a: 1 } },
      programs: {
        'a null prototype': 'return Object.assign(Object.create(null), { a: 1 })',
      },
    },
    {
      end: { returned: { '0': 'a', length: -1 } },
      programs: {
        'an object with length': "return { length: -1, 0: 'a' }",
      },
    },
  ],
};
