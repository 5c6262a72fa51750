import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ToolCaller } from '@org/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Run, type RunOptions, type Sandbox } from '../src/index.ts';

/** Answers each call with its parameters, after as many turns of the event loop as they ask for. */
const tools: ToolCaller = {
  callTool: async ({ paramsJson }) => {
    const { turns = 0 } = JSON.parse(paramsJson);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    return { status: 'done', json: paramsJson, cached: false };
  },
};

const fixed: RunOptions = { seed: 'seed', startTime: 1_700_000_000_000 };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox({ tools });
});

afterAll(() => sandbox.close());

/** Freezes and thaws until the run has ended; `hops` counts how often that went well. */
async function hopping(program: string, most = Infinity): Promise<{ run: Run; hops: number }> {
  let run = await sandbox.start(program, fixed);
  let hops = 0;
  while (hops < most) {
    const bytes = await run.freeze().catch(() => undefined);
    if (bytes === undefined) break;
    run = await sandbox.thaw(bytes);
    hops++;
    await new Promise(setImmediate);
  }
  return { run, hops };
}

/** What must be equal, however often a run was frozen. */
async function essence(run: Run) {
  const outcome = await run.outcome;
  const { calls, usage, logs, runId: _, ...ending } = outcome;
  const { fuel, memoryBytes, bytesFromTools, bytesReturned, toolCalls } = usage;
  return {
    ending,
    logs,
    calls: calls.map(({ server, tool, status, bytes }) => ({ server, tool, status, bytes })),
    usage: { fuel, memoryBytes, bytesFromTools, bytesReturned, toolCalls },
  };
}

const sequential = `
  const seen = new Map();
  class Counter { #n = 0; next() { return ++this.#n; } }
  const counter = new Counter();
  function* letters() { yield 'a'; yield 'b'; yield 'c'; }
  const letter = letters();
  for (let index = 0; index < 3; index++) {
    const answer = await callTool('server', 'tool', { index, random: Math.random(), turns: index });
    seen.set(letter.next().value, [answer, counter.next()]);
    console.log('step', index, crypto.randomUUID());
    await sleep(1);
  }
  return [Object.fromEntries(seen), Math.random(), /b+/.exec('abbb')[0]];`;

describe('Run.freeze() and Sandbox.thaw()', () => {
  test('a run that is frozen at every rest ends with the same bytes, calls and fuel', async () => {
    const undisturbed = await essence(await sandbox.start(sequential, fixed));
    const { run, hops } = await hopping(sequential);
    expect(hops).toBeGreaterThanOrEqual(3);
    expect(await essence(run)).toEqual(undisturbed);
    expect(undisturbed.ending.status).toBe('returned');
  });

  test('random programs, frozen at random rests, end as undisturbed ones', async () => {
    const statement = fc.oneof(
      fc.nat(1000).map((n) => `total += ${n}; list.push(total % 7);`),
      fc.nat(3).map((n) => `list.push((await callTool('s', 't', { turns: ${n}, total })).total);`),
      fc.constant('await sleep(1); list.push(Math.random());'),
      fc.constant('try { await callTool("s", 5) } catch (error) { list.push(error.message) }'),
      fc.constant('console.log(total, list.length);'),
      fc.nat(50).map((n) => `map.set('k' + ${n}, { text: 'x'.repeat(${n * 40}) });`),
      fc.nat(4).map((n) => `for (let i = 0; i < ${n}; i++) total += await step(i);`),
      fc.constant('await setState("k", total); total += (await getState("k")) / 2;'),
    );
    const program = fc.array(statement, { minLength: 2, maxLength: 8 }).map(
      (statements) => `
        let total = 1; const list = []; const map = new Map();
        const step = async (i) => { await null; return (await callTool('s', 't', { i })).i + 1; };
        ${statements.join('\n')}
        return { total, list, map: [...map.keys()] };`,
    );
    await fc.assert(
      fc.asyncProperty(program, fc.nat(6), async (source, hops) => {
        const undisturbed = await essence(await sandbox.start(source, fixed));
        const { run } = await hopping(source, hops);
        expect(await essence(run)).toEqual(undisturbed);
      }),
      { numRuns: 40 },
    );
  });

  test('the frozen run itself ends as suspended', async () => {
    const run = await sandbox.start('await sleep(100_000)', fixed);
    const bytes = await run.freeze();
    expect((await run.outcome).status).toBe('suspended');
    expect(bytes.length).toBeLessThan(130_000);
    await expect(run.freeze()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('another process goes on with it, in its own positions, logs and calls', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'freeze-'));
    const script = path.join(import.meta.dirname, 'fixtures/freeze-across.ts');
    const file = path.join(folder, 'program.snapshot');
    const process_ = (...args: string[]) => {
      const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
        encoding: 'utf8',
      });
      return `${stdout}${stderr}`;
    };
    try {
      expect(process_('freeze', file)).toBe('suspended 1\n');
      const outcome = JSON.parse(process_('thaw', file));
      expect(outcome.status).toBe('threw');
      expect(outcome.error.stack).toContain('(mine.ts:7:');
      expect(outcome.logs.map(({ message }: { message: string }) => message)).toEqual(['a', 'b']);
      expect(outcome.calls).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('calls under way are awaited, or unknown after waitMs', async () => {
    const called = Promise.withResolvers<void>();
    const never: ToolCaller = {
      callTool: (_, { signal }) =>
        new Promise((resolve) => {
          called.resolve();
          const error = {
            code: 'CALL_UNKNOWN',
            message: 'nobody knows',
            retryable: false,
          } as const;
          signal.addEventListener('abort', () => resolve({ status: 'unknown', error }));
        }),
    };
    await using other = await createSandbox({ tools: never });
    const source = 'try { await callTool("s", "t") } catch (error) { return error.code }';
    const run = await other.start(source, fixed);
    await called.promise;
    const thawed = await other.thaw(await run.freeze({ waitMs: 5 }));
    const outcome = await thawed.outcome;
    expect(outcome).toMatchObject({ status: 'returned', value: 'CALL_UNKNOWN' });
    expect(outcome.calls).toMatchObject([{ status: 'unknown' }]);
  });

  test('calls that were not sent are made once, after thawing', async () => {
    const made: string[] = [];
    const first = Promise.withResolvers<void>();
    let frozen = false;
    const slow: ToolCaller = {
      callTool: async ({ tool }, { signal }) => {
        made.push(tool);
        first.resolve();
        if (!frozen) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { status: 'done', json: JSON.stringify(tool), cached: false };
      },
    };
    await using other = await createSandbox({ tools: slow, limits: { parallelToolCalls: 1 } });
    const source = "return await Promise.all(['a', 'b', 'c'].map((tool) => callTool('s', tool)))";
    const run = await other.start(source, fixed);
    await first.promise;
    const bytes = await run.freeze({ waitMs: 0 });
    frozen = true;
    const outcome = await (await other.thaw(bytes)).outcome;
    expect(outcome).toMatchObject({ status: 'returned', value: ['a', 'b', 'c'] });
    expect(made).toEqual(['a', 'b', 'c']);
    expect(outcome.calls.map(({ tool }) => tool)).toEqual(['a', 'b', 'c']);
  });

  test('limits count over the whole life of a run', async () => {
    const source = 'for (;;) { await sleep(1); for (let i = 0; i < 1000; i++); }';
    let run = await sandbox.start(source, { ...fixed, limits: { fuel: 2_000_000 } });
    let hops = 0;
    for (;;) {
      const bytes = await run.freeze().catch(() => undefined);
      if (bytes === undefined) break;
      run = await sandbox.thaw(bytes);
      hops++;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(hops).toBeGreaterThan(1);
    expect(await run.outcome).toMatchObject({
      status: 'limit',
      limit: { kind: 'fuel', allowed: 2_000_000 },
    });
  });

  test('answers in a snapshot do not widen what the host keeps for the thawed run', async () => {
    const size = 2_000_000;
    const large: ToolCaller = {
      callTool: async () => ({
        status: 'done',
        json: JSON.stringify('x'.repeat(size)),
        cached: false,
      }),
    };
    await using other = await createSandbox({ tools: large });
    const memoryBytes = 32 * 1024 * 1024;
    // One answer more than fits, but none more than fits beside the one that was frozen.
    const calls = Math.ceil(memoryBytes / size);
    expect((calls - 1) * size).toBeLessThan(memoryBytes);
    const source = `
      await callTool('s', 't');
      await Promise.all(Array.from({ length: ${calls} }, () => callTool('s', 't')));`;
    const run = await other.start(source, { ...fixed, limits: { memoryBytes } });
    const thawed = await other.thaw(await run.freeze());
    await expect(thawed.freeze()).rejects.toMatchObject({ code: 'ABORTED' });
    const { limit, calls: made } = (await thawed.outcome) as never as {
      limit: unknown;
      calls: unknown[];
    };
    expect(limit).toEqual({ kind: 'memory', allowed: memoryBytes });
    expect(made).toHaveLength(calls + 1);
  });

  test('a run that ends before it rests again cannot be frozen', async () => {
    const run = await sandbox.start('export default 1', fixed);
    await expect(run.freeze()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await run.outcome).toMatchObject({ status: 'returned', value: 1 });
  });
});

describe('Sandbox.fork()', () => {
  const source = 'const before = Math.random(); await sleep(2); return [before, Math.random()];';

  test('goes on from the same point several times', async () => {
    const bytes = await (await sandbox.start(source, fixed)).freeze();
    const runs = await sandbox.fork(bytes, 3);
    const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
    const values = outcomes.map((outcome) => outcome.status === 'returned' && outcome.value);
    expect(values[0]).toEqual(values[1]);
    expect(values[1]).toEqual(values[2]);
  });

  test('takes more forks than there are workers', async () => {
    await using narrow = await createSandbox({ tools, workers: 1 });
    const bytes = await (await narrow.start(source, fixed)).freeze();
    const runs = await narrow.fork(bytes, 4);
    const frozenAgain = await Promise.all(runs.map((run) => run.freeze().catch(() => undefined)));
    expect(frozenAgain).toHaveLength(4);
    for (const run of runs) expect(['suspended', 'returned']).toContain((await run.outcome).status);
  });

  test('with a seed gives each fork other random numbers, the same ones each time', async () => {
    const bytes = await (await sandbox.start(source, fixed)).freeze();
    const values = async () => {
      const runs = await sandbox.fork(bytes, 3, { seed: 'forks' });
      const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
      return outcomes.map((one) => (one.status === 'returned' ? (one.value as number[]) : []));
    };
    const first = await values();
    expect(new Set(first.map(([before]) => before)).size).toBe(1);
    expect(new Set(first.map(([, after]) => after)).size).toBe(3);
    expect(await values()).toEqual(first);
  });
});
