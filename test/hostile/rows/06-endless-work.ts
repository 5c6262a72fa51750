import type { Row } from '../hostile-program.ts';

/** Row 6: fuel stops all work. */
export const endlessWork: Row = {
  groups: [
    {
      end: { limit: 'fuel' },
      limits: { fuel: 5000000 },
      programs: {
        for: 'for (;;) ;',
        'while with a body': 'let n = 0; while (true) n++',
        do: 'do {} while (1)',
        'catch in a loop': 'for (;;) { try { for (;;) ; } catch {} }',
        'finally that goes on': 'for (;;) { try { for (;;) ; } finally { continue } }',
        'a labelled continue in finally':
          'a: for (;;) { try { for (;;) continue a } finally { continue a } }',
        'return in finally':
          'const f = () => { try { for (;;) ; } finally { return 1 } }; f(); return 1',
        'recursion that is caught': 'const f = () => { try { f() } catch {} for (;;) ; }; f()',
        'mutual recursion':
          'const f = (n) => { try { g(n + 1) } catch { g(0) } }, g = (n) => { try { f(n + 1) } catch { f(0) } }; for (;;) f(0)',
        'a comparator': "[...'x'.repeat(1000)].sort(() => { for (;;) ; })",
        'sorting by random': 'for (;;) Array.from({ length: 1000 }, Math.random).sort()',
        'a map callback': '[1].map(() => { for (;;) ; })',
        'a reviver': "JSON.parse('[1]', () => { for (;;) ; })",
        'a replacer': 'JSON.stringify([1], () => { for (;;) ; })',
        'a getter of the result': 'return { get a() { for (;;) ; } }',
        toJSON: 'return { toJSON() { for (;;) ; } }',
        toString: "return '' + { toString() { for (;;) ; } }",
        valueOf: 'return +{ valueOf() { for (;;) ; } }',
        'Symbol.toPrimitive': 'return +{ [Symbol.toPrimitive]() { for (;;) ; } }',
        'a proxy trap': 'Object.keys(new Proxy({}, { ownKeys() { for (;;) ; } })); return 1',
        'a setter of a prototype':
          "Object.defineProperty(Array.prototype, 0, { set() { for (;;) ; } }); [].push(1); return [5].map((x) => x) && await callTool('tools', 'echo', {}) && (Array.prototype[0] = 1)",
        'an iterator without end': 'return [...(function* () { for (;;) yield 1 })()]',
        'destructuring without end':
          'const [...all] = { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }) }) }; return all',
        'Array.from without end':
          'return Array.from({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }).length',
        'a Map from without end':
          'return new Map((function* () { let n = 0; for (;;) yield [n++ % 10, 1] })()).size',
        'Promise.all without end': 'await Promise.all((function* () { for (;;) yield 1 })())',
        'indexOf of an endless array':
          'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
        'includes of an endless array':
          'return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)',
        'fill of an endless array':
          'return Array.prototype.fill.call({ length: 2 ** 53 - 1, set 0(v) {} }, 1)',
        'reverse of a sparse array': 'const a = []; a[2 ** 32 - 2] = 1; return a.reverse().length',
        'splice of a sparse array':
          'const a = []; a.length = 2 ** 32 - 1; a.splice(0, 1, 1, 2); return 1',
        'copyWithin of an endless array':
          'return Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1)',
        'a regular expression that backtracks': "return /(a+)+$/.test('a'.repeat(60) + 'b')",
        'nested alternatives': "return /^(a|a)*$/.test('a'.repeat(60) + 'b')",
        'a replacement that backtracks': "return 'a'.repeat(60).replace(/(a|a)*b/, '')",
        'a look-ahead that backtracks': "return /^(?=(a+)+b)/.test('a'.repeat(60))",
        'a back reference that backtracks': "return /^(a*)*\\1$/.test('a'.repeat(40) + 'b')",
        'a replacer function': "return 'aaa'.replace(/a/g, () => { for (;;) ; })",
        'split by a regular expression': "for (;;) 'a'.repeat(10000).split(/a|b/)",
        'BigInt to text': 'return String(7n ** (2n ** 18n)).length',
        'multiplying BigInts': 'let x = 3n; for (;;) x = (x * x) % (1n << 20000n)',
        'repeat and search': "for (;;) 'ab'.repeat(100000).lastIndexOf('ba')",
        'padStart in a loop': "for (;;) 'x'.padStart(100000)",
        'normalize in a loop': "for (;;) 'e\\u0301'.repeat(10000).normalize('NFC')",
        'localeCompare in a loop': "for (;;) 'a'.repeat(10000).localeCompare('b')",
        'Math in a loop': 'for (;;) Math.sin(Math.random())',
        'Date in a loop': 'for (;;) new Date(2020, 1, 1).toISOString()',
        'crypto in a loop': 'for (;;) crypto.getRandomValues(new Uint8Array(65536))',
        'structuredClone in a loop': 'for (;;) structuredClone({ a: [1] })',
        'JSON in a loop': 'for (;;) JSON.parse(JSON.stringify({ a: [1] }))',
        'encoding in a loop': "for (;;) new TextEncoder().encode('x'.repeat(10000))",
        'atob in a loop': "for (;;) atob(btoa('x'.repeat(1000)))",
        'eval in a loop': "for (;;) (0, eval)('1')",
        'Function in a loop': "for (;;) Function('return 1')()",
        'errors in a loop': 'for (;;) try { null.x } catch {}',
        'classes in a loop': 'for (;;) { class A { static x = 1 } }',
        'delete in a loop':
          'const o = {}; for (let i = 0; ; i++) { o[i % 100] = 1; delete o[i % 100] }',
        'promise jobs': 'for (;;) await 1',
        'promise jobs that breed': 'const f = () => Promise.resolve().then(f); await f()',
        queueMicrotask: 'const f = () => queueMicrotask(f); f(); await new Promise(() => {})',
        thenables: 'const t = { then(resolve) { resolve(t) } }; await t',
        'async iteration': 'for await (const x of (async function* () { for (;;) yield 1 })()) ;',
        'unhandled rejections': "for (;;) Promise.reject(new Error('x'))",
        'a proxy of a proxy':
          'let p = {}; for (let i = 0; ; i++) p = new Proxy(i % 1000 ? p : {}, {})',
        'a setter that sets itself': 'const o = { set x(v) { for (;;) ; } }; o.x = 1',
        'Symbol.hasInstance': 'return {} instanceof { [Symbol.hasInstance]() { for (;;) ; } }',
        'a tagged template': '(() => { for (;;) ; })`x`',
        'a static block': 'class A { static { for (;;) ; } } return 1',
        'a default parameter': '((a = (() => { for (;;) ; })()) => a)()',
        'a computed key': 'return { [(() => { for (;;) ; })()]: 1 }',
        'a for of over a string': "for (;;) for (const c of 'x'.repeat(1000)) ;",
        'typed arrays that are sorted': 'for (;;) new Float64Array(10000).map(Math.random).sort()',
        'a module that never ends': 'export default 1; for (;;) ;',
        'an entry that never ends': 'export default () => { for (;;) ; }',
        groupBy: 'Object.groupBy((function* () { for (;;) yield 1 })(), () => 1)',
        'a WeakMap of many': 'const w = new WeakMap(); for (;;) w.set({}, 1)',
      },
    },
    {
      end: { threw: 'InternalError', message: 'allocation size overflow' },
      limits: { fuel: 5000000 },
      programs: {
        'join of a sparse array': 'const a = []; a.length = 2 ** 32 - 1; return a.join().length',
        'sort of a sparse array': 'const a = []; a.length = 2 ** 32 - 1; a.sort(); return 1',
      },
    },
    {
      end: { threw: 'RangeError', message: 'BigInt is too large to allocate' },
      limits: { fuel: 5000000 },
      programs: {
        'a power of BigInt': 'return 3n ** (2n ** 40n)',
        'BigInt from text': "return BigInt('9'.repeat(1e6)) > 1n",
      },
    },
    {
      end: { threw: 'InternalError', message: 'too much recursion' },
      limits: { fuel: 5000000 },
      programs: {
        'async generators that delegate':
          'async function* g() { yield* g() } for await (const x of g()) ;',
      },
    },
    {
      end: { threw: 'InternalError', message: 'too much recursion' },
      programs: {
        recursion: 'const f = () => f(); f()',
        'recursion through a getter': 'const o = { get a() { return this.a } }; return o.a',
        'recursion through JSON':
          'const o = { toJSON() { return JSON.stringify(o) } }; return JSON.stringify(o)',
        'recursion through a proxy':
          'const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x',
        'recursion through sort': 'const f = () => [1, 2].sort(f); f()',
        'recursion through apply': 'const f = () => Reflect.apply(f, null, []); f()',
        'a regular expression with many groups':
          "return new RegExp('('.repeat(20000) + ')'.repeat(20000)).test('')",
      },
    },
  ],
};
