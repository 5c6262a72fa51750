import type { Row } from '../hostile-program.ts';

/** Row 13: nothing of the host in what a program sees. */
export const secrets: Row = {
  groups: [
    {
      end: {
        returned: 'There is no server "nope". Usable servers: absent, dying, tools, web, wrong.',
      },
      programs: {
        'the error of an unknown server':
          "return (await callTool('nope', 'x', {}).catch((e) => e)).message",
      },
    },
    {
      end: { returned: 'UNKNOWN_TOOL' },
      programs: {
        'the error of an unknown tool':
          "return (await callTool('tools', 'nope', {}).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'INVALID_PARAMS' },
      programs: {
        'the error of wrong parameters':
          "return (await callTool('tools', 'length', { text: 5 }).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'SERVER_UNAVAILABLE' },
      programs: {
        'the error of a server that dies':
          "return (await callTool('dying', 'x', {}).catch((e) => e)).code",
        'the error of a server that cannot be reached':
          "return (await callTool('absent', 'x', {}).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'no luck: [redacted]' },
      programs: {
        'a tool that fails': "return (await callTool('tools', 'fail', {}).catch((e) => e)).message",
      },
    },
    {
      end: { returned: false },
      programs: {
        'all that is thrown has no host stack':
          "const all = await Promise.all([callTool('nope', 'x', {}), readFile('/x'), writeFile('/x', ''), listFiles('/x'), searchTools(5), setState(5, 1)].map((p) => p.catch((e) => String(e.stack)))); return all.some((text) => /node:|file:|\\/(?:home|tmp|usr|work|dist)\\//u.test(String(text)))",
        'the globals':
          "return JSON.stringify(Object.getOwnPropertyNames(globalThis)).includes('env')",
      },
    },
    {
      end: { returned: 'absent' },
      programs: {
        navigator: "return typeof navigator === 'undefined' ? 'absent' : JSON.stringify(navigator)",
      },
    },
    {
      end: { returned: 0 },
      programs: {
        'the time zone': 'return new Date(0).getTimezoneOffset()',
      },
    },
    {
      end: { returned: true },
      programs: {
        performance:
          "return typeof performance.timeOrigin === 'number' ? performance.now() >= 0 : 'none'",
      },
    },
    {
      end: { returned: '1,234.5' },
      programs: {
        'the locale': 'return (1234.5).toLocaleString()',
      },
    },
    {
      end: { returned: 'undefined' },
      programs: {
        location: 'return typeof location',
      },
    },
    {
      end: { threw: 'SyntaxError', code: 'SYNTAX' },
      programs: {
        'import.meta': 'return typeof import.meta',
      },
    },
  ],
};
