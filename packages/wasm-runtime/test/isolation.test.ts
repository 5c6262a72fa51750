import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../src/index.ts';
import { done, littleFuel, recordingTools, sharedSandbox } from './workbench.ts';

describe('one run and the next in the same worker', () => {
  const { value, run } = sharedSandbox({ workers: 1 });

  test.each([
    [
      'globals',
      'globalThis.secret = 1; var leak = 2',
      'return [typeof secret, typeof leak]',
      ['undefined', 'undefined'],
    ],
    [
      'prototypes',
      'Object.prototype.secret = 1; Array.prototype.map = () => "bad"',
      'return [typeof {}.secret, [1].map((x) => x)]',
      ['undefined', [1]],
    ],
    [
      'built-ins',
      'JSON.stringify = () => "bad"; Math.random = () => 5; Date.now = () => 5',
      'return [JSON.stringify({}), Math.random() < 1, Date.now() > 5]',
      ['{}', true, true],
    ],
    [
      'functions of ours',
      'globalThis.callTool = globalThis.console = globalThis.sleep = 5',
      'console.log(1); await sleep(0); return typeof callTool',
      'function',
    ],
    [
      'symbols and regular expressions',
      'Symbol.for("secret"); /(secret)/.exec("secret")',
      'return RegExp.$1',
      '',
    ],
    [
      'what waits',
      'setTimeout(() => { globalThis.late = 1 }, 1); callTool("s", "t")',
      'await sleep(20); return typeof late',
      'undefined',
    ],
    [
      'counts',
      'console.count("x"); for (let i = 0; i < 50; i++) callTool("s", "t")',
      'console.count("x"); return 1',
      1,
    ],
    ['a trap', 'globalThis.secret = 1; for (;;) ;', 'return typeof secret', 'undefined'],
    [
      'frozen built-ins',
      'Object.freeze(Object.prototype); Object.freeze(globalThis)',
      'globalThis.x = 1; return x',
      1,
    ],
  ])('do not share %s', async (_, first, second, expected) => {
    await run(`${first}; return 1`, { limits: { ...littleFuel, toolCalls: 60 } });
    expect(await value(second, { limits: { toolCalls: 60 } })).toEqual(expected);
  });

  test('have the same fuel and memory, whatever ran between', async () => {
    const measure = async () => {
      const { usage } = await run('return [Math.random(), [1, 2, 3].map(String)]', {
        seed: 'x',
        startTime: 5,
      });
      return [usage.fuel, usage.memoryBytes];
    };
    const first = await measure();
    await run('const a = []; for (;;) a.push(new Uint8Array(1e6))', {
      limits: { memoryBytes: 2 ** 25 },
    });
    await run('for (;;) ;', { limits: littleFuel });
    expect(await measure()).toEqual(first);
  });
});

describe('runs at the same time', () => {
  test('get their own results, logs and answers, on fewer workers than runs', async () => {
    const tools = recordingTools(async ({ paramsJson }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return done(JSON.parse(paramsJson));
    });
    await using sandbox = await createSandbox({ tools, workers: 2 });
    const program = await sandbox.compile(`export default async ({ id }) => {
      const seen = [];
      for (let i = 0; i < 5; i++) { seen.push((await callTool('s', 't', { id })).id); console.log(id); await sleep(i) }
      return { id, seen, mine: globalThis.mine, random: Math.random() } }`);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, id) =>
        sandbox.run(program, { args: { id }, seed: String(id) }),
      ),
    );
    for (const [id, outcome] of outcomes.entries()) {
      expect(outcome).toMatchObject({ status: 'returned', value: { id, seen: Array(5).fill(id) } });
      expect(outcome.logs.map(({ message }) => message)).toEqual(Array(5).fill(String(id)));
      expect(outcome.calls).toHaveLength(5);
    }
    expect(new Set(outcomes.map(({ runId }) => runId)).size).toBe(8);
  });

  test('are not touched by one that is stopped', async () => {
    await using sandbox = await createSandbox({ workers: 3 });
    const good = 'let n = 0; for (let i = 0; i < 20; i++) { n += i; await sleep(1) } return n';
    const outcomes = await Promise.all([
      sandbox.run(good),
      sandbox.run('for (;;) ;', { limits: { wallMs: 30 } }),
      sandbox.run(good),
      sandbox.run('const a = []; for (;;) a.push(new Uint8Array(1e6))', {
        limits: { memoryBytes: 2 ** 25 },
      }),
      sandbox.run(good),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'returned',
      'limit',
      'returned',
      'limit',
      'returned',
    ]);
  });

  test('keep the limits of the sandbox, unless a run names others', async () => {
    await using sandbox = await createSandbox({ workers: 1, limits: { outputBytes: 10 } });
    const source = 'return "x".repeat(50)';
    expect((await sandbox.run(source)).status).toBe('limit');
    expect(
      (await sandbox.run(source, { limits: { outputBytes: undefined } as never })).status,
    ).toBe('limit');
    expect((await sandbox.run(source, { limits: { outputBytes: 100 } })).status).toBe('returned');
  });
});

describe('createSandbox()', () => {
  test.each([0, -1, 1.5, Number.NaN, Infinity, '2'])('refuses %s workers', async (workers) => {
    await expect(createSandbox({ workers: workers as number })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test.each([
    { limits: { fuel: 0 } },
    { profile: 'lax' as never },
    { limits: { nope: 1 } as never },
  ])('refuses %j', async (options) => {
    await expect(createSandbox(options)).rejects.toMatchObject({ code: 'USAGE' });
    await using sandbox = await createSandbox({ workers: 1 });
    await expect(sandbox.run('return 1', options)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each([
    ['after a run', 'await sandbox.run("return 1")'],
    ['without a run', ''],
    ['after a run that was stopped', 'await sandbox.run("for (;;) ;", { limits: { wallMs: 50 } })'],
  ])('does not keep a process from ending that forgets to close it, %s', async (_, work) => {
    const index = new URL('../src/index.ts', import.meta.url).href;
    const script = `import { createSandbox } from ${JSON.stringify(index)};
      const sandbox = await createSandbox(); ${work}; console.log('end');`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { timeout: 30_000 },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'end\n', stderr: '' });
  });
});
