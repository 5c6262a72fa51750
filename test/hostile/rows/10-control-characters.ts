import type { Row } from '../hostile-program.ts';

/** Row 10: logs, errors and results are text. */
export const controlCharacters: Row = {
  groups: [
    {
      end: { returned: 1 },
      logs: ['red'],
      programs: {
        'ANSI in a log line': "console.log('\\x1b[31mred\\x1b[0m'); return 1",
        'C1 controls': "console.log('\\u009b31mred'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: [''],
      programs: {
        'a title of the terminal': "console.log('\\x1b]0;owned\\x07'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['realfake'],
      programs: {
        'a carriage return': "console.log('real\\rfake'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['ab'],
      programs: {
        backspaces: "console.log('a\\b\\b\\bb'); return 1",
        NUL: "console.log('a\\0b'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['\u202eabc\u202c'],
      programs: {
        'bidi overrides': "console.log('\\u202eabc\\u202c'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['a\u200bb\ufeffc'],
      programs: {
        'zero-width characters': "console.log('a\\u200bb\\ufeffc'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['a\udb40\udc41b'],
      programs: {
        tags: "console.log('a\\u{e0041}b'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['a\u2028b'],
      programs: {
        'line separators': "console.log('a\\u2028b'); return 1",
      },
    },
    {
      end: { threw: 'Error', message: 'cleared' },
      programs: {
        'ANSI in an error': "throw new Error('\\x1b[2Jcleared')",
      },
    },
    {
      end: { threw: 'E', message: 'm' },
      programs: {
        'ANSI in a name of an error': "throw Object.assign(new Error('m'), { name: '\\x1b[31mE' })",
      },
    },
    {
      end: { returned: 1 },
      logs: ['x'],
      programs: {
        'ANSI in fields': "log('info', 'x', { '\\x1b[31m': '\\x1b[0m' }); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['x\nerror: forged'],
      programs: {
        'a forged line of a log': "console.log('x\\nerror: forged'); return 1",
      },
    },
    {
      end: { returned: 1 },
      logs: ['{"jsonrpc":"2.0","method":"x"}'],
      programs: {
        'JSON-RPC in a log line':
          "console.log(JSON.stringify({ jsonrpc: '2.0', method: 'x' })); return 1",
      },
    },
    {
      end: { returned: '\u001b[31m' },
      programs: {
        'ANSI in a result': "return '\\x1b[31m'",
      },
    },
    {
      end: { threw: 'Error', message: 'x' },
      programs: {
        'a name of a function with ANSI':
          "const f = { ['\\x1b[31m']() { throw new Error('x') } }; f['\\x1b[31m']()",
      },
    },
  ],
};
