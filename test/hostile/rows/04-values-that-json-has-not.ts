import type { Row } from '../hostile-program.ts';

/** Row 4: values that cannot cross as they are. */
export const valuesThatJsonHasNot: Row = {
  groups: [
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'NaN at $ cannot leave the sandbox as JSON: use null or a text instead.',
      },
      programs: {
        NaN: 'return NaN',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: '-Infinity at $ cannot leave the sandbox as JSON: use null or a text instead.',
      },
      programs: {
        Infinity: 'return -Infinity',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'NaN at $[1] cannot leave the sandbox as JSON: use null or a text instead.',
      },
      programs: {
        'NaN in an array': 'return [1, NaN]',
      },
    },
    {
      end: { returned: 0 },
      programs: {
        '-0': 'return Object.is(JSON.parse(JSON.stringify(-0)), 0) ? -0 : 1',
      },
    },
    {
      end: { returned: 9007199254740992 },
      programs: {
        '2 ** 53 + 1': 'return 2 ** 53 + 1',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A BigInt at $ cannot leave the sandbox as JSON: convert it with String(value) or Number(value).',
      },
      programs: {
        'a BigInt': 'return 1n',
        'a toJSON that gives a BigInt': 'return { toJSON() { return 1n } }',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A BigInt at $.a[0] cannot leave the sandbox as JSON: convert it with String(value) or Number(value).',
      },
      programs: {
        'a BigInt within': 'return { a: [1n] }',
      },
    },
    {
      end: { returned: '1970-01-01T00:00:00.000Z' },
      programs: {
        'a Date': 'return new Date(0)',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'An invalid Date at $ cannot leave the sandbox as JSON: check it with Number.isNaN(date.getTime()).',
      },
      programs: {
        'a date that is none': 'return new Date(NaN)',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A Map at $ cannot leave the sandbox as JSON: use Object.fromEntries(map) or [...map].',
      },
      programs: {
        'a Map': "return new Map([['a', 1]])",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A Set at $ cannot leave the sandbox as JSON: use [...set].',
      },
      programs: {
        'a Set': 'return new Set([1])',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A RegExp at $ cannot leave the sandbox as JSON: use its source.',
      },
      programs: {
        'a RegExp': 'return /x/g',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A symbol at $ cannot leave the sandbox as JSON: use its description instead.',
      },
      programs: {
        'a symbol': "return Symbol('x')",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A symbol at $.a cannot leave the sandbox as JSON: use its description instead.',
      },
      programs: {
        'a symbol within': "return { a: Symbol('x') }",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A function at $ cannot leave the sandbox as JSON: call it, or leave it out.',
      },
      programs: {
        'a function': 'return () => 1',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A function at $.f cannot leave the sandbox as JSON: call it, or leave it out.',
      },
      programs: {
        'a function within': 'return { f() {} }',
      },
    },
    {
      end: { returned: null },
      programs: {
        undefined: 'return undefined',
      },
    },
    {
      end: { returned: { b: [null] } },
      programs: {
        'undefined within': 'return { a: undefined, b: [undefined] }',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A cycle at $.a cannot leave the sandbox as JSON: return a copy without the reference back.',
      },
      programs: {
        'a cycle': 'const a = {}; a.a = a; return a',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A cycle at $[0][0] cannot leave the sandbox as JSON: return a copy without the reference back.',
      },
      programs: {
        'a cycle through an array': 'const a = []; a.push([a]); return a',
      },
    },
    {
      end: { returned: [{ b: 1 }, { b: 1 }] },
      programs: {
        'a value twice': 'const a = { b: 1 }; return [a, a]',
      },
    },
    {
      end: { returned: '\ud800' },
      programs: {
        'a lone surrogate': "return '\\ud800'",
      },
    },
    {
      end: { returned: { '\udfff': 1 } },
      programs: {
        'a lone surrogate as a key': "return { '\\udfff': 1 }",
      },
    },
    {
      end: { returned: 'a\u0000b' },
      programs: {
        'a NUL in a string': "return 'a\\0b'",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A Uint8Array at $ cannot leave the sandbox as JSON: use [...array] or Base64 text.',
      },
      programs: {
        'a typed array': 'return new Uint8Array([1, 2])',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A ArrayBuffer at $ cannot leave the sandbox as JSON: use [...new Uint8Array(buffer)] or Base64 text.',
      },
      programs: {
        'an ArrayBuffer': 'return new ArrayBuffer(2)',
      },
    },
    {
      end: { returned: { a: 1 } },
      programs: {
        'a Proxy': 'return new Proxy({ a: 1 }, {})',
      },
    },
    {
      end: { returned: { a: 5, a2: 5 } },
      programs: {
        'a Proxy that lies of its keys':
          "return new Proxy({}, { ownKeys: () => ['a', 'a2'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: () => 5 })",
      },
    },
    {
      end: { threw: 'RangeError', code: 'RESULT_NOT_JSON', message: 'no' },
      programs: {
        'a getter that throws': "return { get a() { throw new RangeError('no') } }",
        'a toJSON that throws': "return { toJSON() { throw new RangeError('no') } }",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A function at $.toJSON cannot leave the sandbox as JSON: call it, or leave it out.',
      },
      programs: {
        'a toJSON that gives itself': 'return { toJSON() { return this } }',
      },
    },
    {
      end: { returned: [1, 's', false] },
      programs: {
        'boxed values': "return [new Number(1), new String('s'), new Boolean(false)]",
      },
    },
    {
      end: { returned: { name: 'Error', message: 'x' } },
      programs: {
        'an Error': "return new Error('x')",
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A Promise at $.p cannot leave the sandbox as JSON: await it first.',
      },
      programs: {
        'a Promise within': 'return { p: Promise.resolve(1) }',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A WeakRef at $ cannot leave the sandbox as JSON: use its target.',
      },
      programs: {
        'a WeakRef': 'return typeof WeakRef === "undefined" ? null : new WeakRef({})',
      },
    },
    {
      end: { returned: [null, null, null, 1] },
      programs: {
        'a sparse array': 'const a = []; a[3] = 1; return a',
      },
    },
    {
      end: { returned: { x: 1 } },
      programs: {
        'a class instance': 'class A { x = 1; #y = 2; get z() { return 3 } } return new A()',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message: 'A Generator at $ cannot leave the sandbox as JSON: use [...generator].',
      },
      programs: {
        'a generator': 'return (function* () { yield 1 })()',
      },
    },
    {
      end: {
        threw: 'TypeError',
        code: 'RESULT_NOT_JSON',
        message:
          'A function at $.structuredClone cannot leave the sandbox as JSON: call it, or leave it out.',
      },
      programs: {
        globalThis: 'return globalThis',
      },
    },
    {
      end: { returned: ['TypeError', null] },
      programs: {
        'NaN as parameters':
          "return await callTool('tools', 'echo', { a: NaN }).catch((error) => [error.name, error.code ?? null])",
        'a BigInt as parameters':
          "return await callTool('tools', 'echo', { a: 1n }).catch((error) => [error.name, error.code ?? null])",
        'a cycle as parameters':
          "return await callTool('tools', 'echo', (() => { const a = {}; a.a = a; return a })()).catch((error) => [error.name, error.code ?? null])",
        'a function as parameters':
          "return await callTool('tools', 'echo', { f() {} }).catch((error) => [error.name, error.code ?? null])",
      },
    },
    {
      end: { returned: {} },
      programs: {
        'undefined as parameters':
          "return await callTool('tools', 'echo', undefined).catch((error) => [error.name, error.code ?? null])",
      },
    },
    {
      end: { returned: ['ToolCallError', 'INVALID_PARAMS'] },
      programs: {
        'a number as parameters':
          "return await callTool('tools', 'echo', 5).catch((error) => [error.name, error.code ?? null])",
        'a string as parameters':
          "return await callTool('tools', 'echo', 'x').catch((error) => [error.name, error.code ?? null])",
        'an array as parameters':
          "return await callTool('tools', 'echo', [1]).catch((error) => [error.name, error.code ?? null])",
        'null as parameters':
          "return await callTool('tools', 'echo', null).catch((error) => [error.name, error.code ?? null])",
      },
    },
    {
      end: { returned: { a: '\ud800' } },
      programs: {
        'a lone surrogate as parameters':
          "return await callTool('tools', 'echo', { a: '\\ud800' }).catch((error) => [error.name, error.code ?? null])",
      },
    },
  ],
};
