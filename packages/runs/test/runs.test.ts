import path from 'node:path';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunStore } from '../src/index.ts';
import { CountingTools } from './counting-tools.ts';
import { codeOf, eventually, openScratchRuns, returned, scratchFolder } from './harness.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

const looping = `console.log('begun');
  const got = [];
  for (let i = 0; i < 4; i++) got.push((await callTool('s', 't', { i })).i);
  await sleep(1);
  return [got, Math.random(), Date.now()];`;

describe('start()', () => {
  test('keeps what the run is made of, its calls, logs and outcome', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const seen: string[] = [];
    const run = await runs.start(sandbox, looping, {
      ...{ tools, session: 's1', principal: 'ann', args: { a: 1 }, name: 'loop.ts' },
      seed: 'x',
      startTime: 1_700_000_000_000,
      onEvent: ({ type }) => seen.push(type),
    });
    const outcome = await run.outcome;
    expect(runs.get(run.runId)).toMatchObject({
      ...{ runId: run.runId, status: 'returned', name: 'loop.ts', session: 's1', principal: 'ann' },
      ...{ source: looping, args: { a: 1 }, seed: 'x', startTime: 1_700_000_000_000 },
      engineDigest: sandbox.engineDigest,
      limits: { wallMs: 60_000 },
      outcome,
      logs: [{ level: 'info', message: 'begun' }],
      toolCalls: outcome.calls,
      calls: 5,
    });
    expect(runs.get(run.runId)?.journal.calls.map(({ name, sent }) => [name, sent])).toEqual([
      ['callTool', true],
      ['callTool', true],
      ['callTool', true],
      ['callTool', true],
      ['sleep', false],
    ]);
    expect(seen).toEqual(['log', 'call', 'call', 'call', 'call']);
  });

  test('keeps a program that cannot be compiled, and one that was compiled before', async () => {
    const runs = openScratchRuns();
    const bad = await runs.start(sandbox, 'return (');
    expect(await bad.outcome).toMatchObject({ status: 'threw', error: { code: 'SYNTAX' } });
    expect(runs.get(bad.runId)).toMatchObject({ status: 'threw', source: 'return (' });
    expect(await codeOf(() => runs.replay(sandbox, bad.runId))).toBe('RUN_NOT_RESUMABLE');
    const program = await sandbox.compile('return 1', { name: 'one.ts' });
    const good = await runs.start(sandbox, program, { source: 'return 1' });
    await good.outcome;
    expect(runs.get(good.runId)).toMatchObject({ name: 'one.ts', source: 'return 1' });
  });

  test('leaves no record of a run whose options are refused', async () => {
    const runs = openScratchRuns();
    const priority = 'none' as 'normal';
    expect(await codeOf(() => runs.start(sandbox, 'return 1', { priority }))).toBe('USAGE');
    expect(runs.list()).toEqual([]);
  });

  test('a run whose record cannot be kept is aborted, and nothing more is sent', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const { store } = runs;
    const run = await runs.start(sandbox, looping, {
      tools,
      onEvent: ({ type }) => {
        // As if another process had taken it over.
        if (type === 'call' && tools.calls.length === 2) store.suspend(run.runId);
      },
    });
    expect(await run.outcome).toMatchObject({ status: 'aborted', error: { code: 'RUN_BUSY' } });
    expect(tools.calls).toHaveLength(2);
    expect(runs.get(run.runId)?.status).toBe('suspended');
  });
});

describe('suspend() and resume()', () => {
  test('a suspended run holds nothing, and goes on in another process-to-be', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const runs = openScratchRuns({}, file);
    const tools = new CountingTools();
    const run = await runs.start(
      sandbox,
      `console.log('one'); const a = await callTool('s', 't', { n: 1 });
       const b = await callTool('s', 'wait', { n: 2 }); console.log('two'); return [a, b]`,
      { tools },
    );
    await eventually(() => runs.get(run.runId)?.journal.calls.length).toBe(2);
    await run.suspend({ waitMs: 0 });
    expect(await run.outcome).toMatchObject({ status: 'suspended' });
    expect(runs.get(run.runId)).toMatchObject({ status: 'suspended', calls: 2 });
    expect(await codeOf(() => run.suspend())).toBe('ABORTED');

    const others = openScratchRuns({}, file);
    tools.release();
    const again = await others.resume(sandbox, run.runId, { tools });
    expect(await codeOf(() => runs.resume(sandbox, run.runId))).toBe('RUN_BUSY');
    expect(returned(await again.outcome)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(tools.calls).toEqual(['t {"n":1}', 'wait {"n":2}']);
    const record = runs.get(run.runId);
    expect(record?.logs.map(({ message }) => message)).toEqual(['one', 'two']);
    expect(record?.journal.calls.map(({ id, sent }) => [id, sent])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(await runs.replay(sandbox, run.runId)).toMatchObject({ same: true });
    expect(await codeOf(() => runs.resume(sandbox, run.runId))).toBe('RUN_NOT_RESUMABLE');
  });

  test('suspended twice, a run goes on from its last snapshot', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const source = `const got = [];
      for (let n = 1; n <= 6; n++) {
        got.push((await callTool('s', n % 2 ? 't' : 'wait', { n })).n);
        console.log(n);
      }
      return got`;
    const run = await runs.start(sandbox, source, { tools });
    await eventually(() => runs.get(run.runId)?.journal.calls.length).toBe(2);
    await run.suspend({ waitMs: 0 });
    const second = await runs.resume(sandbox, run.runId, { tools });
    await second.suspend({ waitMs: 0 });
    tools.release();
    const third = await runs.resume(sandbox, run.runId, { tools });
    expect(returned(await third.outcome)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(tools.calls).toHaveLength(6);
    expect(await runs.replay(sandbox, run.runId)).toMatchObject({ same: true });
  });

  test('disposing suspends what runs', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const tools = new CountingTools();
    const first = openScratchRuns({}, file);
    const run = await first.start(sandbox, `return await callTool('s', 'wait', {})`, { tools });
    await eventually(() => first.get(run.runId)?.calls).toBe(1);
    await first[Symbol.asyncDispose]();
    expect(await run.outcome).toMatchObject({ status: 'suspended' });
    tools.release();
    const second = openScratchRuns({}, file);
    const again = await second.resume(sandbox, run.runId, { tools });
    expect(await again.outcome).toMatchObject({ status: 'returned' });
  });

  test('a resumed run keeps its limits, and takes new ones', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const source = `await callTool('s', 'wait', {}); let n = 0; while (n < 3e5) n++; return n`;
    const start = { tools, limits: { fuel: 100_000 } };
    const one = await runs.start(sandbox, source, start);
    const two = await runs.start(sandbox, source, start);
    await eventually(() => runs.get(two.runId)?.calls).toBe(1);
    await Promise.all([one.suspend({ waitMs: 0 }), two.suspend({ waitMs: 0 })]);
    tools.release();
    const kept = await runs.resume(sandbox, one.runId, { tools });
    expect(await kept.outcome).toMatchObject({ status: 'limit', limit: { kind: 'fuel' } });
    const more = await runs.resume(sandbox, two.runId, { tools, limits: { fuel: 10_000_000 } });
    expect(await more.outcome).toMatchObject({ status: 'returned' });
    expect(runs.get(two.runId)?.limits).toMatchObject({ fuel: 10_000_000, wallMs: 60_000 });
    expect(await runs.replay(sandbox, two.runId)).toMatchObject({ same: true });
  });

  test('an engine that a run does not belong to leaves it as it is', async () => {
    const runs = openScratchRuns();
    const { store } = runs;
    const made = { name: 'a.ts', mode: 'run', args: {}, seed: 's', startTime: 1 } as const;
    store.add({ runId: 'r', ...made, engineDigest: 'f'.repeat(64), program: new Uint8Array([1]) });
    store.suspend('r');
    expect(await codeOf(() => runs.resume(sandbox, 'r'))).toBe('RUN_NOT_RESUMABLE');
    expect(runs.get('r')?.status).toBe('suspended');
  });

  test('options that are refused leave the run as it was', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const run = await runs.start(sandbox, `return await callTool('s', 'wait', {})`, { tools });
    await eventually(() => runs.get(run.runId)?.calls).toBe(1);
    await run.suspend({ waitMs: 0 });
    const priority = 'none' as 'normal';
    expect(await codeOf(() => runs.resume(sandbox, run.runId, { priority }))).toBe('USAGE');
    tools.release();
    const again = await runs.resume(sandbox, run.runId, { tools });
    expect(await again.outcome).toMatchObject({ status: 'returned' });
  });
});

describe('cancel()', () => {
  test('ends a run of this process, and one that is suspended', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const live = await runs.start(sandbox, `return await callTool('s', 'hold', {})`, { tools });
    await eventually(() => tools.calls.length).toBe(1);
    await runs.cancel(live.runId);
    expect(await live.outcome).toMatchObject({ status: 'aborted', error: { code: 'ABORTED' } });
    const other = await runs.start(sandbox, `return await callTool('s', 'wait', {})`, { tools });
    await eventually(() => runs.get(other.runId)?.calls).toBe(1);
    await other.suspend({ waitMs: 0 });
    await runs.cancel(other.runId);
    expect(runs.get(other.runId)).toMatchObject({
      status: 'aborted',
      outcome: { status: 'aborted', error: { code: 'ABORTED' }, runId: other.runId },
    });
    expect(await codeOf(() => runs.cancel(other.runId))).toBe('RUN_BUSY');
    expect(await codeOf(() => runs.cancel('none'))).toBe('RUN_NOT_FOUND');
  });
});

describe('replay()', () => {
  test('is the same run, to the unit of fuel, however it ended', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const sources = [
      looping,
      `throw new TypeError(String(Math.random()))`,
      `await callTool('s', 't', {}); for (;;) {}`,
      `await callTool('s', 't', {}); await new Promise(() => {});`,
      `return await callTool('s', 't', { deep: 1 })`,
      `return 1`,
    ];
    for (const source of sources) {
      const run = await runs.start(sandbox, source, { tools, limits: { fuel: 5_000_000 } });
      await run.outcome;
      const made = tools.calls.length;
      const report = await runs.replay(sandbox, run.runId);
      expect([source, report.difference, report.same]).toEqual([source, undefined, true]);
      expect(tools.calls.length).toBe(made);
    }
  });

  test('of a run that was cancelled goes as far as its record', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const source = `await callTool('s', 't', {}); return await callTool('s', 'hold', {})`;
    const run = await runs.start(sandbox, source, { tools });
    await eventually(() => tools.calls.length).toBe(2);
    await runs.cancel(run.runId);
    const report = await runs.replay(sandbox, run.runId);
    expect(report).toMatchObject({
      same: true,
      steps: 1,
      calls: 2,
      outcome: { status: 'suspended' },
    });
  });

  test('names the first difference: a call that is not recorded, a field of the outcome', async () => {
    const runs = openScratchRuns();
    const { store } = runs;
    const tools = new CountingTools();
    const run = await runs.start(sandbox, looping, { tools });
    const outcome = await run.outcome;
    const { run: made, recorded } = store.read(run.runId);
    const forge = (
      runId: string,
      change: Partial<typeof outcome>,
      args = recorded.calls[1]?.args,
    ) => {
      store.add({ ...made, runId });
      for (const { answer, sent: _, record, ...call } of recorded.calls) {
        const changed = call.id === 2 ? { ...call, args: args ?? [] } : call;
        store.append(runId, [{ type: 'called', call: changed }], false);
        if (answer) {
          const answered = { id: call.id, answer, ...(record && { record }) };
          store.append(runId, [{ type: 'answered', answered }], false);
        }
        const step = recorded.steps[call.id - 1];
        if (step) store.append(runId, [{ type: 'stepped', step }], false);
      }
      store.end(runId, { ...outcome, ...change } as typeof outcome);
    };
    forge('same', {});
    expect(await runs.replay(sandbox, 'same')).toMatchObject({ same: true });
    forge('fuel', { usage: { ...outcome.usage, fuel: 5 } });
    expect((await runs.replay(sandbox, 'fuel')).difference).toEqual({
      at: 'outcome',
      field: 'usage.fuel',
      recorded: 5,
      replayed: outcome.usage.fuel,
    });
    forge('call', {}, ['s', 't', '{"i":7}']);
    const { same, difference } = await runs.replay(sandbox, 'call');
    expect(same).toBe(false);
    expect(difference).toEqual({
      at: 'call',
      made: { id: 2, name: 'callTool', args: ['s', 't', '{"i":1}'] },
      recorded: { id: 2, name: 'callTool', args: ['s', 't', '{"i":7}'] },
    });
  });

  test('of a run under way is refused', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const run = await runs.start(sandbox, `return await callTool('s', 'hold', {})`, { tools });
    expect(await codeOf(() => runs.replay(sandbox, run.runId))).toBe('RUN_BUSY');
    expect(await codeOf(() => runs.replay(sandbox, 'none'))).toBe('RUN_NOT_FOUND');
    await runs.cancel(run.runId);
  });
});

describe('fork()', () => {
  test('shares the past up to a step, and makes what comes after for each', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const run = await runs.start(sandbox, looping, { tools });
    const [got, random] = returned(await run.outcome) as [number[], number];
    tools.calls.length = 0;
    const forks = await runs.fork(sandbox, run.runId, { tools, step: 2, count: 3, seed: 'z' });
    const values = await Promise.all(forks.map(async ({ outcome }) => returned(await outcome)));
    expect(values.map((value) => (value as unknown[])[0])).toEqual([got, got, got]);
    const randoms = values.map((value) => (value as number[])[1]);
    expect(new Set([random, ...randoms]).size).toBe(4);
    // The third call was made by then, and has its answer.
    expect(tools.calls).toEqual(Array(3).fill('t {"i":3}'));
    for (const { runId } of forks) {
      expect(runs.get(runId)).toMatchObject({ parent: { runId: run.runId, as: 'fork', step: 2 } });
      expect(await runs.replay(sandbox, runId)).toMatchObject({ same: true });
    }
    expect(runs.list({ parentRunId: run.runId })).toHaveLength(3);
  });

  test('without a seed random numbers go on as in the run; from step 0 all is made again', async () => {
    const runs = openScratchRuns();
    const tools = new CountingTools();
    const run = await runs.start(sandbox, looping, { tools });
    const [, random] = returned(await run.outcome) as [unknown, number];
    const [fork] = await runs.fork(sandbox, run.runId, { tools, step: 0 });
    const value = returned((await fork?.outcome) as never) as [unknown, number];
    expect(value[1]).toBe(random);
    expect(tools.calls).toHaveLength(4 + 3);
  });

  test('refuses a step that there is not, and a number of forks that is none', async () => {
    const runs = openScratchRuns();
    const run = await runs.start(sandbox, 'return 1');
    await run.outcome;
    for (const wrong of [{ step: 1 }, { step: -1 }, { step: 0.5 }, { count: 0 }]) {
      expect(await codeOf(() => runs.fork(sandbox, run.runId, wrong))).toBe('USAGE');
    }
  });
});

test('export() gives all of a run as JSON', async () => {
  const runs = openScratchRuns();
  const tools = new CountingTools();
  const run = await runs.start(sandbox, looping, { tools, principal: 'ann' });
  const outcome = await run.outcome;
  const document = JSON.parse(JSON.stringify(runs.export(run.runId)));
  expect(document).toMatchObject({
    format: 'mcp-cli.run',
    version: 1,
    run: { runId: run.runId, principal: 'ann', source: looping, outcome: { status: 'returned' } },
  });
  expect(document.run.journal.calls).toHaveLength(5);
  const program = sandbox.openProgram(Buffer.from(document.program, 'base64'));
  expect((await sandbox.run(program, { tools, seed: document.run.seed })).status).toBe('returned');
  expect(outcome.status).toBe('returned');
  expect(await codeOf(() => runs.export('none'))).toBe('RUN_NOT_FOUND');
});

test('prune() and remove() take runs away; ended runs are pruned as others end', async () => {
  const file = path.join(scratchFolder(), 'runs.db');
  const before = openScratchRuns({}, file);
  for (let n = 0; n < 5; n++) await (await before.start(sandbox, `return ${n}`)).outcome;
  expect(before.prune()).toBe(0);
  const runs = openScratchRuns({ retention: { count: 3 } }, file);
  await (await runs.start(sandbox, 'return 5')).outcome;
  expect(runs.list()).toHaveLength(3);
  expect(openScratchRuns({ retention: { count: 2 } }, file).prune()).toBe(1);
  const left = runs.list();
  runs.remove(left[0]?.runId as string);
  expect(runs.list()).toEqual(left.slice(1));
});

test('a program that reads and writes files keeps no answer back from its journal', async () => {
  const runs = openScratchRuns({ store: openRunStore() });
  const kept = new Map<string, string>();
  const state = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, json: string) => void kept.set(key, json),
  };
  const run = await runs.start(sandbox, `await setState('a', 1); return await getState('a')`, {
    state,
  });
  expect(returned(await run.outcome)).toBe(1);
  kept.clear();
  expect(await runs.replay(sandbox, run.runId)).toMatchObject({ same: true });
  expect(kept.size).toBe(0);
});
