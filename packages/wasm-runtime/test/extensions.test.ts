import { spawnSync } from 'node:child_process';
import { SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import { callExtension } from '../src/extensions.ts';
import { createSandbox, type Extensions } from '../src/index.ts';
import { sharedSandbox } from './workbench.ts';

const secret = 'canary-7d1f';
const seen: { args: readonly unknown[]; runId: string; signal: AbortSignal }[] = [];
const cycle: Record<string, unknown> = {};
Object.assign(cycle, { self: cycle });
let deep: unknown = 1;
for (let level = 0; level < 300; level++) deep = [deep];

const extensions = {
  echo: {
    call(args, { runId, signal }) {
      seen.push({ args, runId, signal });
      return args;
    },
  },
  later: {
    call: async ([ms]) => new Promise((resolve) => setTimeout(resolve, Number(ms), 'late')),
  },
  never: {
    call: (args, { runId, signal }) => {
      seen.push({ args, runId, signal });
      return new Promise(() => {});
    },
  },
  nothing: { call: () => undefined },
  failing: {
    call([how]) {
      if (how === 'told') {
        throw new SandboxError('TOOL_FAILED', 'No such customer.', {
          hint: 'Search first.',
          retryable: true,
        });
      }
      if (how === 'rejecting') return Promise.reject(new Error(secret));
      throw how === 'text' ? secret : new Error(secret);
    },
  },
  odd: {
    call: ([which]) =>
      ({
        function: () => secret,
        symbol: Symbol(secret),
        bigint: 5n,
        cycle,
        deep,
        big: 'x'.repeat(17 * 1024 * 1024),
        getter: {
          get [secret]() {
            throw new Error(secret);
          },
        },
        proto: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}'),
        thenable: JSON.parse('{"then": 5}'),
      })[which as string] as never,
  },
} satisfies Extensions;

const shared = sharedSandbox({ extensions });
const { value, error, run } = shared;

describe('an extension', () => {
  test('is an async global that takes and gives JSON', async () => {
    const source = `return [await echo('a', { b: [1, null] }, undefined, new Date(0)), await echo(), (await nothing()) === undefined, typeof echo, echo.name, Object.keys(globalThis).includes('echo'), echo() instanceof Promise]`;
    expect(await value(source)).toEqual([
      ['a', { b: [1, null] }, null, '1970-01-01T00:00:00.000Z'],
      [],
      true,
      'function',
      'echo',
      false,
      true,
    ]);
  });

  test('learns of the run, and that it is over', async () => {
    seen.length = 0;
    const outcome = await run(`await echo(1); never(2); await sleep(5); return 'done'`);
    expect(outcome).toMatchObject({ status: 'returned', value: 'done', calls: [] });
    expect(seen.map(({ args }) => args)).toEqual([[1], [2]]);
    for (const { runId, signal } of seen) {
      expect(runId).toBe(outcome.runId);
      expect(signal.aborted).toBe(signal === seen[1]?.signal);
    }
  });

  test('aborts with its run', async () => {
    seen.length = 0;
    const controller = new AbortController();
    const outcome = run('await never()', { signal: controller.signal });
    await expect.poll(() => seen.length).toBe(1);
    controller.abort();
    expect(await outcome).toMatchObject({ status: 'aborted' });
    expect(seen[0]?.signal.aborted).toBe(true);
  });

  test('that never answers ends at the wall limit', async () => {
    expect(await run('await never()', { limits: { wallMs: 200 } })).toMatchObject({
      status: 'limit',
      limit: { kind: 'wall' },
    });
  });

  test('runs at most as often at one time as tools', async () => {
    let [open, most] = [0, 0];
    await using sandbox = await createSandbox({
      workers: 1,
      limits: { parallelToolCalls: 3 },
      extensions: {
        work: {
          async call() {
            most = Math.max(most, ++open);
            await new Promise((resolve) => setTimeout(resolve, 5));
            open--;
            return null;
          },
        },
      },
    });
    const source = `return (await Promise.all(Array.from({ length: 20 }, () => work()))).length`;
    expect(await sandbox.run(source)).toMatchObject({ value: 20 });
    expect(most).toBe(3);
  });

  test('may be replaced by the program, as any global', async () => {
    expect(await value('globalThis.echo = () => 5; return echo()')).toBe(5);
    expect(await value('return await echo(1)')).toEqual([1]);
  });
});

describe('what an extension throws', () => {
  test('crosses when it is meant to', async () => {
    const source = `try { await failing('told') } catch (e) { return [e.name, e.code, e.message, e.retryable, e instanceof Error] }`;
    expect(await value(source)).toEqual([
      'ToolCallError',
      'TOOL_FAILED',
      'No such customer. Search first.',
      true,
      true,
    ]);
    expect(await error('\nawait failing("told")')).toMatchObject({
      code: 'TOOL_FAILED',
      stack: expect.stringContaining('program.ts:2:'),
    });
  });

  test.each(['throwing', 'text', 'rejecting'])('does not otherwise: %s', async (how) => {
    const outcome = await run(
      `return await failing('${how}').catch((e) => [e.code, e.message, e.stack, JSON.stringify(e)])`,
    );
    expect(outcome).toMatchObject({
      value: ['INTERNAL', expect.any(String), expect.any(String), expect.any(String)],
    });
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });
});

describe('what cannot cross is an error that can be caught', () => {
  test.each([
    ['function', 'RESULT_NOT_JSON'],
    ['symbol', 'RESULT_NOT_JSON'],
    ['bigint', 'RESULT_NOT_JSON'],
    ['cycle', 'RESULT_NOT_JSON'],
    ['deep', 'RESULT_NOT_JSON'],
    ['getter', 'RESULT_NOT_JSON'],
    ['big', 'RESULT_TOO_LARGE'],
  ])('a result: %s', async (which, code) => {
    const outcome = await run(`return await odd('${which}').catch((e) => [e.code, e.message])`);
    expect(outcome).toMatchObject({ value: [code, expect.stringContaining('odd')] });
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  test.each([
    ['echo(5n)', 'TypeError', 'A BigInt at $[0]'],
    ['echo(() => 1)', 'TypeError', 'A function at $[0]'],
    ['echo(NaN)', 'TypeError', 'NaN at $[0]'],
    ['(() => { const a = {}; a.a = a; return echo(a) })()', 'TypeError', 'A cycle at $[0]'],
    [
      '(() => { let a = 1; for (let i = 0; i < 300; i++) a = [a]; return echo(a) })()',
      'TypeError',
      'nested deeper',
    ],
    ['echo("x".repeat(5 * 1024 * 1024))', 'ToolCallError', 'over 4 MiB'],
  ])('an argument: %s', async (call, name, message) => {
    const source = `return await ${call}.catch((e) => [e.name, e.message])`;
    expect(await value(source)).toEqual([name, expect.stringContaining(message)]);
  });

  test.each([
    ['parts', `[${'[],'.repeat(1_100_000)}0]`, 'PARAMS_TOO_LARGE'],
    ['depth', `${'['.repeat(258)}${']'.repeat(258)}`, 'INVALID_PARAMS'],
    ['length', `["${'x'.repeat(4 * 1024 * 1024)}"]`, 'PARAMS_TOO_LARGE'],
  ])('arguments of a forged frame without bounds, by %s, are not parsed', async (_, text, code) => {
    const context = { signal: new AbortController().signal, runId: 'run' };
    const call = () => expect.fail('must not be called');
    const extension = { call, readOnly: false };
    await expect(callExtension('x', extension, text, context)).rejects.toMatchObject({ code });
  });

  test('keys with a meaning are data', async () => {
    const source = `const got = await odd('proto'); const then = await odd('thenable');
return [Object.keys(got), Object.keys((await echo(JSON.parse('{"__proto__":{"x":1},"then":2}')))[0]), ({}).polluted ?? null, then]`;
    expect(await value(source)).toEqual([
      ['__proto__', 'constructor'],
      ['__proto__', 'then'],
      null,
      JSON.parse('{"then": 5}'),
    ]);
  });
});

describe('names of extensions', () => {
  const call = () => null;
  test.each([
    ['', 'no identifier'],
    ['a-b', 'no identifier'],
    ['1a', 'no identifier'],
    ['a;b', 'no identifier'],
    ['a\u2028b', 'no identifier'],
    ['class', 'word of the language'],
    ['await', 'word of the language'],
    ['let', 'word of the language'],
    ['eval', 'global of that name'],
    ['arguments', 'word of the language'],
    ['callTool', 'global of that name'],
    ['sleep', 'global of that name'],
    ['fetch', 'global of that name'],
    ['Map', 'global of that name'],
    ['undefined', 'global of that name'],
    ['toString', 'global of that name'],
    ['constructor', 'global of that name'],
    ['args', 'global of that name'],
  ])('%j is refused', async (name, problem) => {
    await expect(createSandbox({ extensions: { [name]: { call } } })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(problem),
    });
  });

  test('__proto__ is refused', async () => {
    const hostile = JSON.parse('{"__proto__": {}}');
    await expect(createSandbox({ extensions: hostile })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each([[{ call: 5 }], [null], [{}], [() => 1]])(
    '%j has nothing to call',
    async (extension) => {
      const wrong = { lookup: extension } as never;
      await expect(createSandbox({ extensions: wrong })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('no function call'),
      });
    },
  );

  test('may be of any script, and begin with a dollar', async () => {
    await using sandbox = await createSandbox({
      workers: 1,
      extensions: {
        größe: { call: () => 'a' },
        $x: { call: () => 'b' },
        deliver: { call: () => 'c' },
      },
    });
    const outcome = await sandbox.run('return [await größe(), await $x(), await deliver()]');
    expect(outcome).toMatchObject({ value: ['a', 'b', 'c'] });
  });

  test('later changes to the object are not seen', async () => {
    const mine: Record<string, { call(): string }> = { a: { call: () => 'first' } };
    await using sandbox = await createSandbox({ workers: 1, extensions: mine });
    Object.assign(mine, { a: { call: () => 'second' }, b: { call: () => 'third' } });
    expect(await sandbox.run('return [await a(), typeof b]')).toMatchObject({
      value: ['first', 'undefined'],
    });
  });
});

describe('a frozen run with an extension', () => {
  const source = `const first = await echo(1); const late = await later(30); return [first, late, await echo(2).catch((e) => [e.code, e.message])]`;

  test('is frozen once the call is answered, and goes on', async () => {
    const live = await shared.sandbox.start(source);
    const bytes = await live.freeze();
    expect(await live.outcome).toMatchObject({ status: 'suspended' });
    const outcome = await (await shared.sandbox.thaw(bytes)).outcome;
    expect(outcome).toMatchObject({ value: [[1], 'late', [2]] });
  });

  test('fails clearly where the sandbox has no such extension', async () => {
    const bytes = await (await shared.sandbox.start(source)).freeze();
    await using other = await createSandbox({ workers: 1 });
    expect(await (await other.thaw(bytes)).outcome).toMatchObject({
      status: 'threw',
      error: { code: 'UNAVAILABLE_IN_SANDBOX', message: expect.stringContaining('no extension') },
    });
  });

  test('does not wait longer than waitMs for one that never answers', async () => {
    seen.length = 0;
    const live = await shared.sandbox.start(
      `return await never().catch((e) => [e.code, e.message])`,
    );
    await expect.poll(() => seen.length).toBe(1);
    const bytes = await live.freeze({ waitMs: 20 });
    expect(seen[0]?.signal.aborted).toBe(true);
    expect(await (await shared.sandbox.thaw(bytes)).outcome).toMatchObject({
      value: ['CALL_UNKNOWN', expect.stringContaining('cancelled before it answered')],
    });
  });

  test('makes calls that were not sent after thawing', async () => {
    let made = 0;
    const work = {
      call: () => (made++ === 0 ? new Promise<never>(() => {}) : Promise.resolve(made)),
    };
    await using sandbox = await createSandbox({
      workers: 1,
      limits: { parallelToolCalls: 1 },
      extensions: { work },
    });
    const live = await sandbox.start(
      `return Promise.all([work(), work()].map((call) => call.catch((e) => e.code)))`,
    );
    await expect.poll(() => made).toBe(1);
    const bytes = await live.freeze({ waitMs: 20 });
    expect(made).toBe(1);
    expect(await (await sandbox.thaw(bytes)).outcome).toMatchObject({ value: ['CALL_UNKNOWN', 2] });
  });
});

test('a rejection after the run ended harms nobody', () => {
  const script = `
    import { createSandbox } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const late = Promise.withResolvers();
    await using sandbox = await createSandbox({ workers: 1, extensions: { late: { call: () => late.promise } } });
    const outcome = await sandbox.run('late(); await sleep(20); return 1');
    late.reject(new Error('late'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(outcome.status);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', script],
    {
      encoding: 'utf8',
    },
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'returned\n', stderr: '' });
});
