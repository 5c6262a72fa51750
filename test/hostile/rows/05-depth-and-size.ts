import type { Row } from '../hostile-program.ts';

/** Row 5: nesting and sizes. */
export const depthAndSize: Row = {
  groups: [
    {
      end: { returned: '513 characters' },
      programs: {
        'a result 256 deep': 'let d = 1; for (let i = 0; i < 256; i++) d = [d]; return d',
      },
    },
    {
      end: { limit: 'depth' },
      programs: {
        'a result 257 deep': 'let d = 1; for (let i = 0; i < 257; i++) d = [d]; return d',
        'a result 100,000 deep': 'let d = 1; for (let i = 0; i < 100000; i++) d = [d]; return d',
      },
    },
    {
      end: { returned: null },
      programs: {
        'parameters 257 deep':
          "let d = 1; for (let i = 0; i < 257; i++) d = [d]; return (await callTool('tools', 'echo', { d }).catch((e) => e)).code",
        'parameters 100,000 deep':
          "let d = 1; for (let i = 0; i < 100000; i++) d = [d]; return (await callTool('tools', 'echo', { d }).catch((e) => e)).code",
        'state 257 deep':
          "let d = 1; for (let i = 0; i < 257; i++) d = [d]; return (await setState('d', d).then(() => 'kept', (e) => e.code))",
      },
    },
    {
      end: { threw: 'TypeError', message: 'The value is nested deeper than 256 levels.' },
      programs: {
        'fields of a log line 257 deep':
          "let d = 1; for (let i = 0; i < 257; i++) d = [d]; log('info', 'deep', { d }); return 1",
      },
    },
    {
      end: { returned: 1 },
      programs: {
        'an argument of console 100,000 deep':
          'let d = 1; for (let i = 0; i < 100000; i++) d = [d]; console.log(d); return 1',
        'a log line of 10 MB': "console.log('x'.repeat(1e7)); return 1",
      },
    },
    {
      end: { limit: 'output' },
      programs: {
        'a result of 100 MB': "return 'x'.repeat(1e8)",
      },
    },
    {
      end: { limit: 'output' },
      limits: { outputBytes: 1000 },
      programs: {
        'a result over its limit': "return 'x'.repeat(2000)",
      },
    },
    {
      end: { returned: '1000 characters' },
      limits: { outputBytes: 1000 },
      programs: {
        'a result at its limit': "return 'x'.repeat(998)",
      },
    },
    {
      end: { threw: 'Error', message: 'Thrown: out of memory' },
      programs: {
        'a result of a million objects': 'return Array.from({ length: 1e6 }, () => ({}))',
      },
    },
    {
      end: { returned: 100000 },
      programs: {
        'an object of 100,000 keys':
          "return Object.keys(Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['k' + i, i]))).length",
      },
    },
    {
      end: { limit: 'memory' },
      programs: {
        'parameters of 20 MB':
          "return (await callTool('tools', 'length', { text: 'x'.repeat(2e7) }).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 1000000 },
      programs: {
        'a key of a million characters': "return Object.keys({ ['k'.repeat(1e6)]: 1 })[0].length",
      },
    },
    {
      end: { returned: true },
      programs: {
        'a name of a server of a million characters':
          "return (await callTool('s'.repeat(1e6), 't', {}).catch((e) => e)).message.length < 2000",
        'a name of a tool of a million characters':
          "return (await callTool('tools', 't'.repeat(1e6), {}).catch((e) => e)).message.length < 2000",
      },
    },
    {
      end: { returned: 'INVALID_PATH' },
      programs: {
        'a path of a million characters':
          "return (await readFile('/workspace/' + 'p'.repeat(1e6)).catch((e) => e)).code",
      },
    },
    {
      end: { returned: 'kept' },
      programs: {
        'a key of state of a million characters':
          "return await setState('k'.repeat(1e6), 1).then(() => 'kept', (e) => e.code)",
      },
    },
    {
      end: { returned: 0 },
      programs: {
        'a query of a million characters':
          "return await searchTools('q'.repeat(1e6)).then(({ hits }) => hits.length, (e) => e.code)",
      },
    },
    {
      end: { threw: 'Error', message: 'x' },
      programs: {
        'a name of a function of a million characters':
          "const f = { ['f'.repeat(1e6)]() { throw new Error('x') } }; f['f'.repeat(1e6)]()",
      },
    },
    {
      end: { threw: 'SyntaxError', code: 'SYNTAX' },
      programs: {
        'a program nested 20,000 deep': `return ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      },
    },
    {
      end: { returned: 'parsed' },
      programs: {
        'JSON text nested 100,000 deep':
          "try { JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)); return 'parsed' } catch (error) { return error.name }",
      },
    },
    {
      end: { returned: 'InternalError' },
      programs: {
        'eval of text nested 100,000 deep':
          "try { (0, eval)('['.repeat(1e5)); return 'parsed' } catch (error) { return error.name }",
      },
    },
  ],
};
