import { type HostCall, type RecordedRun, SandboxError, type VfsPath } from '@org/core';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox, MemoryJournal, type RunEvent, type RunOptions } from '../src/index.ts';
import { memoryFiles } from './memory-files.ts';
import { recorder } from './recorder.ts';
import { done, recordingTools, untilAborted } from './workbench.ts';

const sandbox = await createSandbox({ workers: 1 });
afterAll(() => sandbox.close());

const fixed: RunOptions = { seed: 'seed', startTime: 1_700_000_000_000 };
const echo = () => recordingTools(({ paramsJson }) => done(JSON.parse(paramsJson)));

/** Runs to the end, and gives what its journal has. */
async function record(source: string, options: RunOptions = {}): Promise<RecordedRun> {
  const journal = new MemoryJournal();
  await sandbox.run(source, { ...fixed, tools: echo(), ...options, journal });
  return journal.run;
}

/** Without the answer of call `id`, and all that came after it. */
function lostAt(id: number, { calls, steps }: RecordedRun): RecordedRun {
  const at = steps.findIndex(({ answers }) => answers.includes(id));
  return {
    calls: calls
      .filter((call) => call.id <= id)
      .map((call) => {
        const { answer: _, record: __, ...open } = call;
        return call.id === id ? open : call;
      }),
    steps: steps.slice(0, at),
  };
}

describe('a call that was sent and not answered', () => {
  const source = `const first = await callTool('s', 'a', { n: 1 });
    try { return [first, await callTool('s', 'b', { n: 2 })] } catch (error) {
      return [first, error.code, error.message];
    }`;

  test('is unknown, and nothing is sent', async () => {
    const run = lostAt(2, await record(source));
    const tools = echo();
    const journal = recorder(run);
    const outcome = await sandbox.run(source, { ...fixed, tools, journal, recorded: { run } });
    expect(outcome).toMatchObject({
      status: 'returned',
      value: [{ n: 1 }, 'CALL_UNKNOWN', expect.stringContaining('may have taken effect')],
      calls: [{ status: 'done' }, { tool: 'b', status: 'unknown' }],
    });
    expect(tools.made).toEqual([]);
    expect(journal.told.filter((word) => !word.startsWith('~'))).toEqual([
      'answered 2',
      'stepped 2',
    ]);
  });

  test('is sent again where that is decided, and asked about as it was', async () => {
    const run = lostAt(2, await record(source));
    const tools = echo();
    const asked: HostCall[] = [];
    const onUnknown = async (call: HostCall) => {
      asked.push(call);
      return 'send' as const;
    };
    const outcome = await sandbox.run(source, { ...fixed, tools, recorded: { run, onUnknown } });
    expect(outcome).toMatchObject({ value: [{ n: 1 }, { n: 2 }], calls: [{}, { status: 'done' }] });
    expect(asked).toEqual([run.calls[1]]);
    expect(tools.made.map(({ tool }) => tool)).toEqual(['b']);
  });

  test('that cannot be decided is a fault of the host', async () => {
    const run = lostAt(2, await record(source));
    const onUnknown = () => Promise.reject(new Error('no'));
    const failed = sandbox.run(source, { ...fixed, recorded: { run, onUnknown } });
    await expect(failed).rejects.toMatchObject({ code: 'ENGINE_FAULT' });
  });

  test('is unknown where the run is frozen before that is decided', async () => {
    const run = lostAt(2, await record(source));
    const asked = Promise.withResolvers<void>();
    const onUnknown = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    const live = await sandbox.start(source, { ...fixed, recorded: { run, onUnknown } });
    await asked.promise;
    const tools = echo();
    const thawed = await sandbox.thaw(await live.freeze({ waitMs: 0 }), { tools });
    expect(await thawed.outcome).toMatchObject({ value: [{ n: 1 }, 'CALL_UNKNOWN', {}] });
    expect(tools.made).toEqual([]);
  });
});

test('a call that was not sent is made', async () => {
  const source = "return await callTool('s', 'a', { n: 1 })";
  const [call] = (await record(source)).calls;
  const { id = 0, name = '', args = [] } = call ?? {};
  const tools = echo();
  const recorded = { run: { calls: [{ id, name, args, sent: false }], steps: [] } };
  expect(await sandbox.run(source, { tools, recorded })).toMatchObject({ value: { n: 1 } });
  expect(tools.made).toHaveLength(1);
});

describe("match: 'content'", () => {
  const before = `const all = [];
    for (const n of [1, 2, 2, 3]) all.push(await callTool('s', 'add', { n, at: Date.now() }));
    throw new Error('oops');`;

  test('gives an edited program the answers of equal calls, each once, in order', async () => {
    const run = await record(before);
    const edited = `${before.replace("throw new Error('oops')", 'return [all.length, await callTool("s", "new")]')}`;
    const tools = echo();
    const diverged: HostCall[] = [];
    const outcome = await sandbox.run(edited, {
      ...{ ...fixed, tools },
      recorded: { run, match: 'content', onDivergence: (call) => diverged.push(call) },
    });
    // The clock of the recorded part is the recorded one: the arguments have it.
    expect(outcome).toMatchObject({ status: 'returned', value: [4, {}] });
    expect(tools.made.map(({ tool }) => tool)).toEqual(['new']);
    expect(diverged).toEqual([{ id: 5, name: 'callTool', args: ['s', 'new', '{}'] }]);
  });

  test('finds equal calls at other places and with keys in another order', async () => {
    const run = await record(
      "await callTool('s', 'a', { x: 1, y: 2 }); await callTool('s', 'b', { z: [3] })",
    );
    const tools = echo();
    const source = `return [await callTool('s', 'c'), await callTool('s', 'b', { z: [3] }),
      await callTool('s', 'a', { y: 2, x: 1 }), await callTool('s', 'a', { x: 1, y: 2 })]`;
    const outcome = await sandbox.run(source, { tools, recorded: { run, match: 'content' } });
    expect(outcome).toMatchObject({ value: [{}, { z: [3] }, { x: 1, y: 2 }, { x: 1, y: 2 }] });
    expect(tools.made.map(({ tool }) => tool)).toEqual(['c', 'a']);
  });

  test('is not the default: at another place a call is made', async () => {
    const run = await record("await callTool('s', 'a')");
    const tools = echo();
    await sandbox.run("await sleep(0); await callTool('s', 'a')", { tools, recorded: { run } });
    expect(tools.made).toHaveLength(1);
  });
});

test('redo carries out what once succeeded, in the files of this run', async () => {
  const source = `await writeFile('/workspace/a', 'A');
    try { await writeFile('/workspace/no', 'x') } catch {}
    return [await callTool('s', 't', {}), await readFile('/workspace/a')]`;
  const whole = memoryFiles();
  const first = {
    ...whole,
    writeFile: async (path: VfsPath, text: string) => {
      if (path.endsWith('no')) throw new SandboxError('QUOTA_EXCEEDED', 'Full.');
      return whole.writeFile(path, text);
    },
  };
  const run = lostAt(3, await record(source, { files: first }));
  const files = memoryFiles();
  const redo = ['writeFile'] as const;
  const recorded = { run, redo, onUnknown: () => 'send' as const };
  const outcome = await sandbox.run(source, { ...fixed, tools: echo(), files, recorded });
  expect(outcome).toMatchObject({ status: 'returned', value: [{}, 'A'] });
  expect([...files.files.keys()]).toEqual(['/workspace/a']);
  const none = { run, onUnknown: () => 'send' as const };
  const without = { ...fixed, tools: echo(), files: memoryFiles(), recorded: none };
  expect(await sandbox.run(source, without)).toMatchObject({ error: { code: 'FILE_NOT_FOUND' } });
});

describe('time', () => {
  test('timers of a repeated run do not wait', async () => {
    const source = 'await sleep(600_000); return Date.now()';
    const run: RecordedRun = {
      calls: [
        {
          ...{ id: 1, name: 'sleep', args: ['600000'], sent: false },
          answer: { ok: true, text: '' },
        },
      ],
      steps: [{ clock: 1_700_000_600_000, answers: [1] }],
    };
    const outcome = await sandbox.run(source, { ...fixed, recorded: { run } });
    expect(outcome).toMatchObject({ status: 'returned', value: 1_700_000_600_000 });
  });

  const waiting: RecordedRun = {
    calls: [
      { id: 1, name: 'sleep', args: ['3600000'], sent: false },
      {
        ...{ id: 2, name: 'callTool', args: ['s', 't', '{}'], sent: true },
        answer: { ok: true, text: '1' },
      },
    ],
    steps: [{ clock: 1_700_003_599_990, answers: [2], elapsedMs: 3_599_990 }],
  };
  const source = `const timer = sleep(3_600_000); await callTool('s', 't');
    const then = Date.now(); await timer; return [then, Date.now() - then];`;

  test('a timer that was running waits what was left of it, and the clock goes on', async () => {
    const limits = { wallMs: 3_700_000 };
    const outcome = await sandbox.run(source, { ...fixed, limits, recorded: { run: waiting } });
    if (outcome.status !== 'returned') throw new Error(outcome.status);
    const [then, waited] = outcome.value as number[];
    expect(then).toBe(1_700_003_599_990);
    expect(waited).toBeGreaterThanOrEqual(9);
    expect(outcome.usage.wallMs).toBeGreaterThanOrEqual(3_599_999);
  });

  test('recorded wall time counts towards the limit', async () => {
    const limits = { wallMs: 3_000_000 };
    const outcome = await sandbox.run(source, { ...fixed, limits, recorded: { run: waiting } });
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'wall' } });
  });

  test('the clock shows what it is told where the run goes on, and never goes back', async () => {
    const shown = async (clock: number) => {
      const recorded = { run: waiting, clock };
      const limits = { wallMs: 3_700_000 };
      const outcome = await sandbox.run(source, { ...fixed, limits, recorded });
      return outcome.status === 'returned' ? (outcome.value as [number, number])[1] : undefined;
    };
    expect(await shown(1_700_009_000_000)).toBeGreaterThan(5_400_000);
    expect(await shown(0)).toBeLessThan(3_600_000);
  });
});

test('random numbers follow from a seed where the run goes on, and from then on in its journal', async () => {
  const source = `const all = [Math.random()]; await callTool('s', 'a'); all.push(Math.random());
    await callTool('s', 'b'); all.push(Math.random());
    await callTool('s', 'c'); all.push(Math.random()); return all;`;
  const whole = await record(source);
  const run = { calls: whole.calls.slice(0, 1), steps: whole.steps.slice(0, 1) };
  const values = async (options: RunOptions): Promise<unknown> => {
    const outcome = await sandbox.run(source, { ...fixed, tools: echo(), ...options });
    return outcome.status === 'returned' && outcome.value;
  };
  const [same, forked, other] = await Promise.all([
    values({ recorded: { run } }),
    values({ recorded: { run, seed: 'x' } }),
    values({ recorded: { run, seed: 'y' } }),
  ]);
  expect(same).toEqual(await values({}));
  const [first, second, third] = same as number[];
  expect((forked as number[]).slice(0, 2)).toEqual([first, second]);
  expect(new Set([third, (forked as number[])[2], (other as number[])[2]]).size).toBe(3);
  const journal = new MemoryJournal();
  await values({ recorded: { run, seed: 'x' }, journal });
  expect(await values({ recorded: { run: journal.run } })).toEqual(forked);
  // Killed after the step that has the seed: it is not to be followed from once more.
  const { calls, steps } = journal.run;
  const cut = { calls: calls.slice(0, 2), steps: steps.slice(0, 2) };
  expect(await values({ recorded: { run: cut, seed: 'x' } })).toEqual(forked);
});

test('events of what was recorded say so', async () => {
  const source =
    "console.log('a'); await callTool('s', 'a'); console.log('b'); await callTool('s', 'b'); console.log('c')";
  const run = lostAt(2, await record(source));
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => events.push(event);
  const recorded = { run, onUnknown: () => 'send' as const };
  await sandbox.run(source, { ...fixed, tools: echo(), recorded, onEvent });
  const seen = events.map((event) => [
    event.type === 'log' ? event.log.message : event.call.tool,
    event.replayed,
  ]);
  expect(seen.slice(0, 2)).toEqual([
    ['a', true],
    ['a', true],
  ]);
  expect(seen.slice(-2)).toEqual([
    ['b', undefined],
    ['c', undefined],
  ]);
});

test('a run that is to be frozen carries nothing out behind its recorded part', async () => {
  const source = `await callTool('s', 'first');
    return await Promise.all([callTool('s', 'second'), sleep(1)]);`;
  const whole = await record(source);
  const sent: string[] = [];
  const tools = recordingTools(({ tool }) => {
    sent.push(tool);
    return done(tool);
  });
  // Killed in the step in which the second call was made.
  const calls = whole.calls.map(({ answer, record: _, sent: __, ...call }, index) =>
    index === 0 && answer !== undefined
      ? { ...call, answer, sent: true }
      : { ...call, sent: false },
  );
  const run = await sandbox.start(source, {
    ...fixed,
    tools,
    recorded: { run: { calls, steps: whole.steps.slice(0, 1) } },
  });
  const bytes = await run.freeze();
  expect((await run.outcome).status).toBe('suspended');
  expect(sent).toEqual([]);
  const thawed = await sandbox.thaw(bytes, { tools });
  expect(await thawed.outcome).toMatchObject({ status: 'returned', value: ['second', null] });
  expect(sent).toEqual(['second']);
});

describe('ThawOptions.recorded', () => {
  const source = `const seen = [];
    for (let n = 0; n < 4; n++) { seen.push(await callTool('s', 't', { n }), Math.random()); await sleep(1); }
    return [seen, Date.now()];`;

  test('goes on from a snapshot with the journal of the whole run', async () => {
    const journal = recorder();
    const held = Promise.withResolvers<void>();
    const tools = recordingTools(({ paramsJson }, signal) => {
      const { n } = JSON.parse(paramsJson);
      if (n === 1) held.resolve();
      return n === 1 ? untilAborted(signal).then(() => done({ n })) : done({ n });
    });
    const run = await sandbox.start(source, { ...fixed, tools, journal });
    await held.promise;
    const bytes = await run.freeze({ waitMs: 0 });
    const thawed = await sandbox.thaw(bytes, { tools: echo(), journal });
    const outcome = await thawed.outcome;
    // Killed after the third call of the thawed part was answered.
    const cut = journal.told.indexOf('stepped 5') + 1;
    const before = journal.recorded(cut);
    const rest = recorder(before);
    const again = await sandbox.thaw(bytes, {
      tools: echo(),
      recorded: { run: before },
      journal: rest,
    });
    const resumed = await again.outcome;
    expect(resumed.status).toBe('returned');
    const { calls, usage } = resumed;
    expect(calls.map(({ status, bytes: n }) => [status, n])).toEqual(
      outcome.calls.map(({ status, bytes: n }) => [status, n]),
    );
    expect(usage.bytesFromTools).toBe(outcome.usage.bytesFromTools);
    // And all of it, from the start, is the same run.
    const repeated = await sandbox.run(source, { ...fixed, recorded: { run: rest.recorded() } });
    const returned = { status: 'returned', value: resumed.status === 'returned' && resumed.value };
    expect(repeated).toMatchObject(returned);
    expect(repeated.usage.fuel).toBe(usage.fuel);
  });

  test('has a run id of its own where one is given', async () => {
    const run = await sandbox.start('await sleep(5); return 1', { runId: 'mine' });
    expect(run.runId).toBe('mine');
    const bytes = await run.freeze();
    expect((await run.outcome).runId).toBe('mine');
    expect((await (await sandbox.thaw(bytes)).outcome).runId).toBe('mine');
    expect((await (await sandbox.thaw(bytes, { runId: 'other' })).outcome).runId).toBe('other');
    await expect(sandbox.start('return 1', { runId: '' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
