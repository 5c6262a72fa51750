import type { Row } from '../hostile-program.ts';

/** Row 20: names and parameters that change between check and use. */
export const evasion: Row = {
  groups: [
    {
      end: { returned: 'TypeError' },
      programs: {
        'a server whose toString changes':
          "let n = 0; return (await callTool({ toString: () => n++ ? 'hidden' : 'tools' }, 'echo', { a: 1 }).catch((e) => e.code ?? e.name))",
        'a tool whose toString changes':
          "let n = 0; return (await callTool('tools', { toString: () => n++ ? 'secret' : 'echo' }, { a: 1 }).catch((e) => e.code ?? e.name))",
      },
    },
    {
      end: { returned: { n: 0 } },
      programs: {
        'parameters whose toJSON changes':
          "let n = 0; return await callTool('tools', 'echo', { toJSON: () => ({ n: n++ }) })",
      },
    },
    {
      end: { returned: { a: 0 } },
      programs: {
        'parameters with a getter that changes':
          "let n = 0; return await callTool('tools', 'echo', { get a() { return n++ } })",
      },
    },
    {
      end: { returned: { a: 1 } },
      programs: {
        'parameters that are a proxy':
          "let n = 0; return await callTool('tools', 'echo', new Proxy({ a: 0 }, { get: (t, k) => k === 'toJSON' ? undefined : n++ }))",
        'parameters that are changed after the call':
          "const p = { a: 1 }; const call = callTool('tools', 'echo', p); p.a = 2; return await call",
      },
    },
    {
      end: { returned: 'NOT_ALLOWED' },
      programs: {
        'a denied tool': "return (await callTool('tools', 'secret', {}).catch((e) => e)).code",
        'a denied tool by an escaped name':
          "return (await callTool('tools', 'sec\\u0072et', {}).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'UNKNOWN_TOOL' },
      programs: {
        'a denied tool by another case':
          "return (await callTool('tools', 'SECRET', {}).catch((e) => e)).code",
        'a denied tool with a space':
          "return (await callTool('tools', ' secret', {}).catch((e) => e)).code",
        'a denied tool with a zero-width character':
          "return (await callTool('tools', 'sec\\u200bret', {}).catch((e) => e)).code",
        'an unknown method':
          "return (await callTool('tools', '@admin/delete', {}).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'UNKNOWN_SERVER' },
      programs: {
        'a server by another case':
          "return (await callTool('TOOLS', 'echo', {}).catch((e) => e)).code",
        'a server by a confusable':
          "return (await callTool('t\\u043eols', 'echo', {}).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'answered' },
      programs: {
        'a method in place of a tool':
          "return (await callTool('tools', '@resources/list', {}).catch((e) => e)).code ?? 'answered'",
      },
    },
    {
      end: { threw: 'ImportError', code: 'UNKNOWN_IMPORT' },
      programs: {
        'a call through the wrapper of a denied tool':
          "import { secret } from './servers/tools'; export default await secret({})",
      },
    },
    {
      end: { returned: 'forged' },
      programs: {
        'a wrapper whose callTool is replaced':
          "import { echo } from './servers/tools'; globalThis.callTool = async () => 'forged'; export default await echo({ a: 1 })",
      },
    },
  ],
};
