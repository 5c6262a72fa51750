import type { Row } from '../hostile-program.ts';

/** Row 1: constructor chains, wrapper break-outs, replaced built-ins. */
export const reachingTheHost: Row = {
  groups: [
    {
      end: { returned: 'undefinedundefinedundefined' },
      programs: {
        'the constructor chain of callTool':
          "return callTool.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of console.log':
          "return console.log.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of readFile':
          "return readFile.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of sleep':
          "return sleep.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of searchTools':
          "return searchTools.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of setTimeout':
          "return setTimeout.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of the promise of a call':
          "return callTool('tools', 'echo', {}).constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of the arguments':
          "return args.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of crypto':
          "return crypto.constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of a TextEncoder':
          "return new TextEncoder().constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of an error of a call':
          "return await callTool('nope', 'x', {}).catch((error) => error).constructor.constructor('return typeof process + typeof require + typeof module')()",
        'the constructor chain of an answer of a tool':
          "return await callTool('tools', 'echo', { a: 1 }).constructor.constructor('return typeof process + typeof require + typeof module')()",
        XMLHttpRequest: 'return typeof XMLHttpRequest + typeof WebSocket + typeof EventSource',
        Worker: 'return typeof Worker + typeof SharedArrayBuffer + typeof Atomics',
      },
    },
    {
      end: { returned: 'undefined' },
      programs: {
        Function: "return Function('return typeof process')()",
        'direct eval': "return eval('typeof process')",
        'this at the top': 'return typeof this',
        process: 'return typeof process',
        WebAssembly: 'return typeof WebAssembly',
        'a hashbang': '#!/usr/bin/env node\nexport default typeof process',
        'a comment that ends early': '/* */ export default typeof process // */',
        'a with statement': "return Function('o', 'with (o) { return typeof process }')({})",
        'document.all': 'return typeof document',
        'new.target': 'function F() { return typeof new.target } return F()',
      },
    },
    {
      end: { returned: 'undefinedundefined' },
      programs: {
        'an async function constructor':
          "const F = (async () => {}).constructor; return await F('return typeof process + typeof require')()",
      },
    },
    {
      end: { returned: ['undefined', true] },
      programs: {
        'a generator constructor':
          "const F = (function* () {}).constructor; return [...F('yield typeof process; yield this === globalThis')()]",
      },
    },
    {
      end: {
        threw: 'ReferenceError',
        message: 'self is not defined. The sandbox has no self: use globalThis.',
      },
      programs: {
        'indirect eval':
          "return (0, eval)('typeof process + typeof global + typeof window + typeof self.process')",
      },
    },
    {
      end: { threw: 'SyntaxError', message: "expected expression, got '}'" },
      programs: {
        'eval that breaks out of a wrapper': "return (0, eval)('}); process.exit(7); (() => {') ",
      },
    },
    {
      end: { returned: true },
      programs: {
        'this of a sloppy function': "return Function('return this === globalThis')()",
        'Function.prototype.toString of host functions':
          'return /native code/u.test(String(callTool)) || String(callTool).length < 2000',
      },
    },
    {
      end: { returned: 'TypeError' },
      programs: {
        'the caller of a function':
          'function f() { return f.caller } try { return String(f()) } catch (error) { return error.name }',
        'arguments.callee.caller':
          'function f() { return arguments.callee } try { return typeof f() } catch (error) { return error.name }',
      },
    },
    {
      end: { returned: false },
      programs: {
        'the stack of a host error':
          "const { stack } = await readFile('/nope').catch((error) => error); return /node:|file:|\\/(?:home|tmp|usr|work)\\//u.test(stack)",
        'Error.captureStackTrace':
          'const o = {}; Error.captureStackTrace?.(o); return /node:|file:/u.test(String(o.stack))',
      },
    },
    {
      end: { returned: 'string' },
      programs: {
        'Error.prepareStackTrace':
          "Error.prepareStackTrace = (error, sites) => sites; return typeof new Error('x').stack",
      },
    },
    {
      end: { threw: 'ImportError', code: 'UNKNOWN_IMPORT' },
      programs: {
        'import()':
          "try { await import('node:fs') } catch (error) { return error.name + ' ' + (error.code ?? '') }",
        'import() of a data URL':
          "try { await import('data:text/javascript,export default 1') } catch (error) { return error.name }",
        'a static import of a built-in': "import fs from 'node:fs'; export default typeof fs",
        'a static import without its prefix':
          "import { execSync } from 'child_process'; export default typeof execSync",
        'a static import of an npm package': "import zod from 'zod'; export default typeof zod",
        'a static import of a file of the host':
          "import passwd from '/etc/passwd'; export default passwd",
        'a static import of a file URL': "import x from 'file:///etc/passwd'; export default x",
        'a static import over http': "import x from 'http://127.0.0.1:1/x.js'; export default x",
        'a static import with an attribute':
          "import x from '/etc/hostname' with { type: 'text' }; export default x",
        'a static import that climbs':
          "import x from '../../../../../../etc/passwd'; export default x",
        require: "return typeof require === 'undefined' ? 'absent' : require('fs')",
      },
    },
    {
      end: { returned: 'Error' },
      programs: {
        'import() with a computed name':
          "const name = ['node', 'fs'].join(':'); try { await import(name) } catch (error) { return error.name }",
      },
    },
    {
      end: { returned: 'ReferenceError' },
      programs: {
        'import() inside eval':
          'try { await (0, eval)(\'import("node:fs")\') } catch (error) { return error.name }',
      },
    },
    {
      end: { returned: 'function' },
      programs: {
        fetch: 'return typeof fetch',
      },
    },
    {
      end: { returned: [] },
      programs: {
        'the bindings of the engine':
          'return Object.getOwnPropertyNames(globalThis).filter((name) => /bind|memory|wasm|guest|content|\\$|__source/iu.test(name))',
      },
    },
    {
      end: { returned: '}); process.exit(1); (undefined' },
      programs: {
        'a template that closes a call': 'export default `}); process.exit(1); (` + typeof process',
      },
    },
    {
      end: { returned: 'a\u2028b\u2029c' },
      programs: {
        'a line separator in a string': "export default 'a\u2028b\u2029c'",
      },
    },
    {
      end: {
        threw: 'ReferenceError',
        message:
          'x is not defined. Tools are imported from ./servers/<server>; /mcp-tools/globals.d.ts lists the globals.',
      },
      programs: {
        'an HTML comment': 'export default 1 <!--x',
      },
    },
    {
      end: { returned: 1 },
      programs: {
        'a source map comment': 'export default 1 //# sourceMappingURL=file:///etc/passwd',
      },
    },
    {
      end: { returned: 'a\u0000b' },
      programs: {
        'a BOM and zero bytes': "\ufeffexport default 'a\\0b'",
      },
    },
    {
      end: { threw: 'SyntaxError', code: 'SYNTAX' },
      programs: {
        'a closing brace at the top': 'return 1 } { ',
        'a parenthesis too many': '}); (async () => { return 1',
      },
    },
    {
      end: { threw: 'TypeError', message: 'Symbol.unscopables is read-only' },
      programs: {
        'Symbol.unscopables':
          'Array.prototype[Symbol.unscopables] = undefined; return typeof process',
      },
    },
    {
      end: { returned: [['process'], 'undefined'] },
      programs: {
        'a Proxy around the globals':
          'const seen = []; new Proxy(globalThis, { get: (t, k) => { seen.push(k); return t[k] } }).process; return [seen, typeof process]',
      },
    },
    {
      end: { returned: 0 },
      programs: {
        'getters on Object.prototype while calls are made':
          "const seen = []; Object.defineProperty(Object.prototype, 'constructor', { get() { seen.push(typeof this); return Object } }); await callTool('tools', 'echo', {}); return seen.length",
      },
    },
    {
      end: { returned: { a: 1 } },
      programs: {
        'a species that is asked for':
          "class P extends Promise { static get [Symbol.species]() { return Object } } return await callTool('tools', 'echo', { a: 1 })",
      },
    },
  ],
};
