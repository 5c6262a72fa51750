import type { Row } from '../hostile-program.ts';

/** Row 8: memory is a hard cap. */
export const memory: Row = {
  groups: [
    {
      end: { limit: 'memory' },
      limits: { memoryBytes: 33554432 },
      programs: {
        'an array that grows': 'const a = []; for (;;) a.push({})',
        'an array of arrays': 'const a = []; for (;;) a.push(new Array(1000).fill(0))',
        'typed arrays': 'const a = []; for (;;) a.push(new Uint8Array(1e6))',
        ropes: "const a = []; for (let i = 0; ; i++) a.push('x'.repeat(1000) + i)",
        'strings that are made flat':
          "const a = []; for (let i = 0; ; i++) a.push([...('x'.repeat(1000) + i)].join(''))",
        'a Map': 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })',
        'a Set of strings': "const s = new Set(); for (let i = 0; ; i++) s.add('k' + i)",
        closures:
          'const a = []; for (;;) { const big = new Array(100).fill(0); a.push(() => big) }',
        promises: 'const a = []; for (;;) a.push(new Promise(() => {}))',
        symbols: "const a = []; for (let i = 0; ; i++) a.push(Symbol('s' + i))",
        'keys of an object': "const o = {}; for (let i = 0; ; i++) o['k' + i] = i",
        classes: 'const a = []; for (;;) a.push(class { a() {} b() {} })',
        'functions by eval': "const a = []; for (let i = 0; ; i++) a.push(Function('return ' + i))",
        'caught again and again':
          'const a = []; for (;;) { try { a.push(new Uint8Array(1e6)) } catch {} }',
        'a list of strings':
          "let list = null; for (;;) list = { list, text: 'x'.repeat(100) + Math.random() }",
        BigInts: 'const a = []; for (let i = 1n; ; i++) a.push(1n << (10000n + i))',
        'regular expressions':
          "const a = []; for (let i = 0; ; i++) a.push(new RegExp('a'.repeat(100) + i))",
        errors: "const a = []; for (;;) a.push(new Error('x'.repeat(1000)))",
        generators:
          'const a = []; for (;;) { const g = (function* () { yield 1 })(); g.next(); a.push(g) }',
        proxies: 'const a = []; for (;;) a.push(new Proxy({}, {}))',
        'weak references':
          'const a = []; for (;;) { const o = { big: new Array(100).fill(0) }; a.push(o, new WeakRef(o)) }',
        'an ArrayBuffer that grows':
          'const b = new ArrayBuffer(0, { maxByteLength: 2 ** 30 }); for (let n = 1e6; ; n += 1e6) b.resize(n)',
        padding:
          "const a = []; for (let i = 0; ; i++) a.push('x'.padEnd(100000, String(i)).split(''))",
        'Array.from': 'return Array.from({ length: 2 ** 31 }, () => ({})).length',
        concat: 'let a = [{}]; for (;;) a = a.concat(a)',
        spread: 'let a = [{}]; for (;;) a = [...a, ...a]',
        'JSON text':
          "let v = ['x']; for (;;) v = JSON.parse('[' + JSON.stringify(v) + ',' + JSON.stringify(v) + ']')",
        'answers of tools':
          "const a = []; for (;;) a.push(await callTool('tools', 'repeat', { times: 1000000 }))",
      },
    },
    {
      end: { threw: 'InternalError', message: 'allocation size overflow' },
      limits: { memoryBytes: 33554432 },
      programs: {
        'a string that doubles': "let s = 'x'; for (;;) s += s",
      },
    },
    {
      end: {
        threw: 'Error',
        code: 'QUOTA_EXCEEDED',
        message: 'Over 10000 calls wait for an answer: await some before making more.',
      },
      limits: { memoryBytes: 33554432 },
      programs: {
        timers: 'for (;;) setTimeout(() => {}, 1e6)',
      },
    },
    {
      end: { returned: 'RangeError' },
      programs: {
        'an array of a fixed length that is too long':
          'try { new Array(2 ** 32) } catch (error) { return error.name }',
        'an ArrayBuffer that is too long':
          'try { new ArrayBuffer(2 ** 40); return 1 } catch (error) { return error.name }',
        'a repeat that is too long':
          "try { 'x'.repeat(2 ** 31) } catch (error) { return error.name }",
      },
    },
  ],
};
