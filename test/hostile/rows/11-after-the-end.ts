import type { Row } from '../hostile-program.ts';

/** Row 11: calls after the end. */
export const afterTheEnd: Row = {
  groups: [
    {
      end: { returned: 1 },
      programs: {
        'a call that nobody awaits': "callTool('tools', 'echo', {}); return 1",
        'a timer that calls': "setTimeout(() => callTool('tools', 'echo', {}), 1); return 1",
        'a call in toJSON': "return { toJSON() { callTool('tools', 'echo', {}); return 1 } }",
        'a call in finally': "try { return 1 } finally { callTool('tools', 'echo', {}) }",
        'a write that nobody awaits': "writeFile('/workspace/late', 'x'); return 1",
        'a log line in a microtask': "Promise.resolve().then(() => console.log('late')); return 1",
      },
    },
    {
      end: { returned: { a: 1 } },
      programs: {
        'a call when the result is read':
          "return { get a() { callTool('tools', 'echo', {}); return 1 } }",
      },
    },
    {
      end: { threw: 'Error', message: 'late' },
      programs: {
        'a rejection in the entry':
          "export default async () => { queueMicrotask(() => { throw new Error('late') }); await sleep(5); return 'went on' }",
      },
    },
  ],
};
