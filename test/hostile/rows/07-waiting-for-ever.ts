import type { Row } from '../hostile-program.ts';

/** Row 7: nothing left to wait for, and answers that never come. */
export const waitingForEver: Row = {
  groups: [
    {
      end: {
        threw: 'DeadlockError',
        code: 'DEADLOCK',
        message:
          'The program waits for a promise that nothing can settle any more: no call is under way and no timer is set.',
      },
      programs: {
        'a promise that nobody settles': 'await new Promise(() => {})',
        'an async generator that waits':
          'for await (const x of (async function* () { yield new Promise(() => {}) })()) ;',
        'Promise.race of none': 'await Promise.race([])',
        'a thenable that never calls': 'await { then() {} }',
      },
    },
    {
      end: { threw: 'TypeError', message: 'A promise cannot be resolved with itself.' },
      programs: {
        'a promise that waits for itself':
          'const p = (async () => { await null; return p })(); return p',
      },
    },
    {
      end: { limit: 'wall' },
      limits: { wallMs: 300 },
      programs: {
        'a tool that never answers': "await callTool('tools', 'never', {})",
        'an interval': 'setInterval(() => {}, 1); await new Promise(() => {})',
        'a long sleep': 'await sleep(1e9)',
        'a sleep without end': 'await sleep(Infinity)',
        'a timer chain': 'const f = () => setTimeout(f, 0); f(); await new Promise(() => {})',
        'a call beside one that never answers':
          "const [a] = await Promise.all([callTool('tools', 'echo', { a: 1 }), callTool('tools', 'never', {})]); return a",
      },
    },
    {
      end: { returned: 1 },
      programs: {
        'a negative sleep': 'await sleep(-5); return 1',
        'a sleep of NaN': 'await sleep(NaN); return 1',
        'a timer that is cleared': 'const t = setInterval(() => {}, 1); clearInterval(t); return 1',
        'clearing what is no timer':
          "clearTimeout('x'); clearTimeout({}); clearInterval(-1); return 1",
      },
    },
    {
      end: { threw: 'TypeError', message: 'A timer needs a function to call.' },
      programs: {
        'a timer with a text':
          "setTimeout('globalThis.x = 1', 1); await sleep(20); return typeof x",
      },
    },
  ],
};
