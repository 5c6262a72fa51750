import type { Row } from '../hostile-program.ts';

/** Row 9: each flood has its own limit. */
export const floods: Row = {
  groups: [
    {
      end: { limit: 'logs' },
      limits: { logBytes: 10000 },
      programs: {
        logs: "for (;;) console.log('x'.repeat(100))",
        'empty log lines': 'for (;;) console.log()',
        'log lines with fields': "for (;;) log('info', 'x', { a: 1 })",
        'console.table': 'for (;;) console.table([[1, 2]])',
        'console.group': "for (;;) { console.group('x'); console.log('y') }",
        'console.count': 'for (;;) console.count()',
        'console.error of an error': "for (;;) console.error(new Error('x'))",
      },
    },
    {
      end: { limit: 'toolCalls' },
      limits: { toolCalls: 20 },
      programs: {
        'calls one after another': "for (;;) await callTool('tools', 'echo', {})",
        'calls side by side':
          "await Promise.all(Array.from({ length: 20000 }, () => callTool('tools', 'echo', {})))",
        'calls that fail': "for (;;) await callTool('nope', 'x', {}).catch(() => {})",
        'calls that nobody awaits': "for (;;) callTool('tools', 'echo', {})",
        'calls from a timer':
          "setInterval(() => callTool('tools', 'echo', {}), 0); await new Promise(() => {})",
        'calls by a recursion':
          "const f = async () => { await callTool('tools', 'echo', {}); await Promise.all([f(), f()]) }; await f()",
      },
    },
    {
      end: { returned: 'done' },
      limits: { toolCalls: 20 },
      programs: {
        'a call with its last allowed number':
          "for (let i = 0; i < 20; i++) await callTool('tools', 'echo', {}); return 'done'",
      },
    },
    {
      end: { returned: 'QUOTA_EXCEEDED' },
      programs: {
        state:
          "let n = 0; try { for (;;) await setState('k' + n++, 'x'.repeat(100000)) } catch (error) { return error.code }",
        files:
          "let n = 0; try { for (;;) await writeFile('/workspace/f' + n++, 'x'.repeat(1000000)) } catch (error) { return error.code }",
        'empty files':
          "let n = 0; try { for (; n < 100000;) await Promise.all(Array.from({ length: 500 }, () => writeFile('/workspace/e' + n++, ''))); return 'all' } catch (error) { return error.code }",
      },
    },
    {
      end: { limit: 'memory' },
      programs: {
        'a state that is too large':
          "return await setState('k', 'x'.repeat(2e7)).then(() => 'kept', (e) => e.code)",
        'a file that is too large':
          "return await writeFile('/workspace/big', 'x'.repeat(5e7)).then(() => 'kept', (e) => e.code)",
      },
    },
    {
      end: { limit: 'memory' },
      limits: { memoryBytes: 33554432 },
      programs: {
        'reads side by side':
          "await writeFile('/workspace/r', 'x'.repeat(1000000)); const all = await Promise.all(Array.from({ length: 2000 }, () => readFile('/workspace/r'))); return all.length",
      },
    },
    {
      end: { returned: 'done' },
      programs: {
        searches: "for (let i = 0; i < 200; i++) await searchTools('echo'); return 'done'",
      },
    },
    {
      end: { limit: 'output' },
      programs: {
        'results of 5 MB': "return Array.from({ length: 50 }, () => 'x'.repeat(100000))",
      },
    },
  ],
};
