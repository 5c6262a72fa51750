import { afterEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../src/index.ts';
import {
  done,
  littleFuel,
  memoryFiles,
  recordingTools,
  sharedSandbox,
  untilAborted,
} from './workbench.ts';

const MiB = 1024 * 1024;
const tools = recordingTools(async ({ tool, paramsJson }, signal) =>
  tool === 'never'
    ? untilAborted(signal)
    : done(tool === 'big' ? 'x'.repeat(MiB) : JSON.parse(paramsJson)),
);
const files = memoryFiles({ '/workspace/big.txt': 'x'.repeat(MiB) });
const { value, run, limit } = sharedSandbox({ tools, files });

// Whatever a program did, the next one on the same workers runs right.
afterEach(async () => {
  expect(await value('const x = await callTool("s", "t", { x: [1] }); return x')).toEqual({
    x: [1],
  });
});

describe('fuel ends', () => {
  test.each([
    ['a loop', 'for (;;) ;'],
    [
      'a loop in a function of a snippet',
      'const f = () => { let x = 0; while (true) args.x = x++ }; f(); return 1',
    ],
    ['a loop that catches all', 'for (;;) { try { for (;;) ; } catch {} }'],
    ['finally that goes on', 'for (;;) { try { for (;;) ; } finally { continue } }'],
    ['finally with a label', 'a: for (;;) { try { for (;;) continue a } finally { continue a } }'],
    ['recursion that is caught', 'const f = () => { try { f() } catch {} for (;;) ; }; f()'],
    ['a regular expression', '/(a+)+$/.test("a".repeat(60) + "b")'],
    ['a replacement', '"a".repeat(60).replace(/(a|a)*b/, "")'],
    ['a power of BigInt', 'let x = 3n; for (;;) x = (x * x) % (1n << 20000n)'],
    ['promise jobs', 'for (;;) await 1'],
    ['thenables', 'const t = { then(resolve) { resolve(t) } }; await t'],
    ['a search in an endless array', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    [
      'a fill of an endless array',
      'Array.prototype.fill.call({ length: 2 ** 53 - 1, set 0(v) {} }, 1)',
    ],
    ['a comparator', '[..."x".repeat(1000)].sort(() => { for (;;) ; })'],
    ['a proxy', 'for (const k in new Proxy({}, { ownKeys: () => { for (;;) ; } })) console.log(k)'],
    ['a getter of the result', 'export default { get a() { for (;;) ; } }'],
    ['toJSON of the result', 'export default { toJSON() { for (;;) ; } }'],
    [
      'a result without end',
      'export default new Proxy([], { get: (_, k) => k === "length" ? 2 ** 53 - 1 : null })',
    ],
    [
      'a getter of what is thrown',
      'throw Object.defineProperty(new Error("x"), "message", { get() { for (;;) ; } })',
    ],
    [
      'toString of what is thrown',
      'throw Object.assign(new Error("x"), { message: { toString() { for (;;) ; } } })',
    ],
    ['an iterator', 'Math.max(...{ *[Symbol.iterator]() { for (;;) yield* [] } })'],
    ['parameters of a call', 'await callTool("s", "t", { get a() { for (;;) ; } })'],
    ['a timer', 'setTimeout(() => { for (;;) ; }, 1); await sleep(1000)'],
    ['code made at run time', 'eval("for (;;) ;")'],
    ['text that is searched', 'for (;;) "ab".repeat(10000).lastIndexOf("ba".repeat(5000))'],
  ])('%s', async (_, source) => {
    expect(await limit(source, { limits: { ...littleFuel, outputBytes: 1e8 } })).toEqual({
      kind: 'fuel',
      allowed: littleFuel.fuel,
    });
  });

  test('and it is the same count each time', async () => {
    const fuel = async () =>
      (
        await run('for (let i = 0; i < 1e4; i++) ; console.log(1); await sleep(0)', {
          seed: 's',
          startTime: 5,
        })
      ).usage.fuel;
    const first = await fuel();
    expect(await Promise.all([fuel(), fuel(), fuel(), fuel()])).toEqual(Array(4).fill(first));
  });
});

describe('memory ends', () => {
  const limits = { memoryBytes: 32 * MiB };
  test.each([
    ['arrays', 'const a = []; for (;;) a.push(new Array(10000).fill(0))'],
    ['small objects', 'const a = []; for (let i = 0; ; i++) a.push({ i })'],
    [
      'texts',
      'const a = []; for (let i = 0; ; i++) a.push(String(i).repeat(1000).split("").join("-"))',
    ],
    ['typed arrays', 'const a = []; for (;;) a.push(new Uint8Array(1e6))'],
    ['one huge typed array', 'export default new Uint8Array(1e9).length'],
    ['a Map', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })'],
    ['closures', 'const a = []; const f = (x) => () => x; for (let i = 0; ; i++) a.push(f([i]))'],
    ['promises', 'const a = []; for (;;) a.push(new Promise(() => {}))'],
    [
      'what is caught and tried again',
      'const a = []; for (;;) { try { for (;;) a.push(new Array(1e5).fill(0)) } catch {} }',
    ],
    [
      'what is caught and returned',
      'const a = []; try { for (;;) a.push(new Uint8Array(1e6)) } catch {} export default 1',
    ],
    [
      'a long text made flat',
      'let s = "x".repeat(2 ** 20); for (;;) { s += s; s.at(-1); s = [...s.slice(0, 100)].join("") + s; JSON.stringify(s) }',
    ],
    [
      'jobs',
      'const f = () => { Promise.resolve().then(f); Promise.resolve().then(f) }; f(); await sleep(1)',
    ],
  ])('%s', async (_, source) => {
    const outcome = await run(source, { limits });
    expect(outcome).toMatchObject({
      status: 'limit',
      limit: { kind: 'memory', allowed: limits.memoryBytes },
    });
    expect(outcome.usage.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes);
  });

  test('a run that has less than the engine needs', async () => {
    expect(await limit('return 1', { limits: { memoryBytes: 1 } })).toEqual({
      kind: 'memory',
      allowed: 1,
    });
  });

  test.each([
    ['of tools', 'for (let i = 0; i < 300; i++) callTool("s", "big"); await sleep(0); for (;;) ;'],
    ['of files', 'for (let i = 0; i < 300; i++) readFile("big.txt"); await sleep(0); for (;;) ;'],
  ])(
    'answers %s that the host would have to keep, while the program computes',
    async (_, source) => {
      const outcome = await run(source, { limits });
      expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'memory' } });
      // It was the host that had enough: the guest was not handed a fraction of it.
      expect(outcome.usage.memoryBytes).toBeLessThan(16 * MiB);
    },
  );

  test('reads that are made all at once, before most of them are carried out', async () => {
    let reads = 0;
    await using sandbox = await createSandbox({
      files: {
        ...memoryFiles(),
        readFile: async () => {
          reads++;
          return 'x'.repeat(MiB);
        },
      },
    });
    const source = 'await Promise.all(Array.from({ length: 5000 }, () => readFile("x")))';
    const outcome = await sandbox.run(source, { limits: { memoryBytes: 64 * MiB } });
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'memory' } });
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(64 + 3 * 16);
  });

  test('parameters that the host would have to keep', async () => {
    const source =
      'for (let i = 0; i < 250; i++) { callTool("s", "never", "x".repeat(1e6)); await sleep(0) } return 1';
    const memoryBytes = 192 * MiB;
    const outcome = await run(source, { limits: { memoryBytes } });
    expect(outcome).toMatchObject({
      status: 'limit',
      limit: { kind: 'memory', allowed: memoryBytes },
    });
    expect(outcome.usage.memoryBytes).toBeLessThan(160 * MiB);
  });

  test('but not reading a file again and again', async () => {
    const source =
      'let n = 0; for (let i = 0; i < 100; i++) n += (await readFile("big.txt")).length; return n';
    expect(await value(source)).toBe(100 * MiB);
  });
});

describe('wall time ends', () => {
  test.each([
    ['a program that computes', 'for (;;) ;'],
    ['a tool that never answers', 'await callTool("s", "never")'],
    ['a long sleep', 'await sleep(1e9)'],
    ['an interval without end', 'setInterval(() => {}, 1); await new Promise(() => {})'],
  ])('%s', async (_, source) => {
    const limits = { wallMs: 100 };
    const outcome = await run(source, { limits });
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'wall', allowed: 100 } });
    expect(outcome.usage.wallMs).toBeGreaterThanOrEqual(99);
  });

  test('nothing when it is longer than a timer can wait', async () => {
    expect(await value('await sleep(5); return 1', { limits: { wallMs: 2 ** 40 } })).toBe(1);
  });
});

describe('the number of tool calls', () => {
  const limits = { toolCalls: 100 };
  const expected = { kind: 'toolCalls', allowed: 100 };

  test('may be reached', async () => {
    const outcome = await run('for (let i = 0; i < 100; i++) await callTool("s", "t"); return 1', {
      limits,
    });
    expect(outcome).toMatchObject({ status: 'returned', usage: { toolCalls: 100 } });
  });

  test('may not be passed', async () => {
    const outcome = await run('for (let i = 0; i < 101; i++) await callTool("s", "t"); return 1', {
      limits,
    });
    expect(outcome).toMatchObject({ status: 'limit', limit: expected });
    expect(outcome.calls).toHaveLength(100);
  });

  test.each([
    ['in one step', 'Promise.all(Array.from({ length: 101 }, () => callTool("s", "t")))'],
    ['when failures are caught', 'for (;;) { try { await callTool("s", "t") } catch {} }'],
    ['when they are not awaited', 'for (;;) { callTool("s", "t"); await sleep(0) }'],
  ])('may not be passed %s', async (_, source) => {
    const before = tools.made.length;
    expect(await limit(`${source}; return 1`, { limits })).toEqual(expected);
    expect(tools.made.length - before).toBeLessThanOrEqual(100);
  });

  test('does not count files, state and time', async () => {
    const source =
      'for (let i = 0; i < 20; i++) { await sleep(0); await getState("x"); await listFiles() } return 1';
    expect(await value(source, { limits: { toolCalls: 1 } })).toBe(1);
  });
});

describe('the size of the result', () => {
  test.each([
    ['characters of one byte', '"x".repeat(98)', 100],
    ['characters of three bytes', '"日".repeat(32) + "xx"', 100],
    ['an escape', '"\\n".repeat(49)', 100],
    ['an array', 'Array(33).fill(10)', 100],
  ])('may be exactly the limit, but not a byte more: %s', async (_, expression, bytes) => {
    const source = `export default ${expression}`;
    const outcome = await run(source, { limits: { outputBytes: bytes } });
    expect(outcome).toMatchObject({ status: 'returned', usage: { bytesReturned: bytes } });
    expect(await limit(source, { limits: { outputBytes: bytes - 1 } })).toEqual({
      kind: 'output',
      allowed: bytes - 1,
    });
  });

  test.each([
    ['a huge text', 'export default "x".repeat(5e7)'],
    ['many empty objects', 'export default Array(100000).fill({})'],
    [
      'one object again and again',
      'let a = []; for (let i = 0; i < 40; i++) a = [a, a]; export default a',
    ],
  ])('ends %s', async (_, source) => {
    const limits = { outputBytes: 10_000 };
    expect(await limit(source, { limits })).toEqual({ kind: 'output', allowed: 10_000 });
  });
});

describe('logs', () => {
  test('may be exactly the limit, but not a byte more', async () => {
    // A line costs its text, its level, and 24 bytes.
    const logBytes = 2 * (24 + 4) + 11;
    const source = 'console.log("é日x"); console.log("12345")';
    expect((await run(source, { limits: { logBytes } })).status).toBe('returned');
    expect(await limit(source, { limits: { logBytes: logBytes - 1 } })).toEqual({
      kind: 'logs',
      allowed: logBytes - 1,
    });
  });

  test.each([
    ['a flood', 'for (let i = 0; ; i++) console.log(i)'],
    ['a flood of nothing', 'for (;;) console.log("")'],
    ['a flood that is caught', 'for (;;) { try { console.log("x") } catch {} }'],
    ['a flood of fields', 'for (;;) log("info", "", { a: "x".repeat(100) })'],
    ['a flood over many steps', 'for (;;) { console.log("x".repeat(1000)); await sleep(0) }'],
    ['a flood of long lines', 'for (;;) console.log("x".repeat(1e6))'],
  ])('end %s, and what fits is kept', async (_, source) => {
    const limits = { logBytes: 50_000 };
    const outcome = await run(source, { limits });
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'logs', allowed: 50_000 } });
    const kept = outcome.logs.reduce(
      (sum, { message, fields }) => sum + message.length + (fields === undefined ? 0 : 2),
      0,
    );
    expect(kept).toBeLessThanOrEqual(50_000);
  });

  test('keep their order when a step logs more than the mailbox holds', async () => {
    const outcome = await run(
      'for (let i = 0; i < 3000; i++) console.log(i + "x".repeat(50)); return 1',
    );
    expect(outcome.logs.map(({ message }) => Number.parseInt(message, 10))).toEqual([
      ...Array(3000).keys(),
    ]);
  });

  test('are kept when the run ends at another limit', async () => {
    const outcome = await run('console.log("a"); await sleep(1); console.log("b"); for (;;) ;', {
      limits: littleFuel,
    });
    expect(outcome.logs.map(({ message }) => message)).toEqual(['a', 'b']);
  });
});
