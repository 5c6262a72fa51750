import type { RecordedRun, RunOutcome, ToolCaller } from '@org/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox, type RunOptions } from '../src/index.ts';
import { memoryFiles } from './memory-files.ts';
import { recorder } from './recorder.ts';
import { done } from './workbench.ts';

/** Answers with the parameters, after as many turns of the event loop as they ask for. */
const tools: ToolCaller = {
  callTool: async ({ paramsJson }) => {
    const { turns = 0 } = JSON.parse(paramsJson);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    return done(JSON.parse(paramsJson));
  },
};
const noTools: ToolCaller = {
  callTool: async () => {
    throw new Error('Nothing is to be carried out.');
  },
};

const sandbox = await createSandbox({
  workers: 2,
  tools,
  extensions: { double: { call: ([n]) => Number(n) * 2 } },
});
afterAll(() => sandbox.close());

const fixed: RunOptions = { seed: 'seed', startTime: 1_700_000_000_000 };
const fresh = () => ({ files: memoryFiles({ '/workspace/a.txt': 'a' }), state: memoryState() });

function memoryState() {
  const values = new Map<string, string>();
  return {
    get: async (key: string) => values.get(key),
    set: async (key: string, json: string) => void values.set(key, json),
  };
}

/** What must be equal, however often a run was begun anew. */
function essence({ calls, usage, runId: _, ...rest }: RunOutcome) {
  const { wallMs: __, ...used } = usage;
  return { ...rest, used, calls: calls.map(({ ms: _ms, ...call }) => call) };
}

const statement = fc.oneof(
  fc.nat(1000).map((n) => `total += ${n}; list.push(total % 7, Date.now());`),
  fc.nat(3).map((n) => `list.push((await callTool('s', 't', { turns: ${n}, total })).total);`),
  fc
    .array(fc.nat(3), { minLength: 2, maxLength: 4 })
    .map(
      (all) =>
        `await Promise.all([${all}].map(async (turns, i) => list.push((await callTool('s', 't', { turns, i })).i)));`,
    ),
  fc.constant('await sleep(1); list.push(Math.random());'),
  fc.constant(
    'const timer = setTimeout(() => {}, 5); await callTool("s", "t"); clearTimeout(timer);',
  ),
  fc.constant('try { await callTool("s", 5) } catch (error) { list.push(error.message) }'),
  fc.constant('console.log(total, list.length);'),
  fc.constant('await writeFile("/workspace/b.txt", String(total));'),
  fc.constant('list.push(await readFile("/workspace/a.txt"), await double(list.length));'),
  fc.constant('try { await readFile("/workspace/none") } catch (error) { list.push(error.code) }'),
  fc.constant('await setState("k", total); total += (await getState("k")) / 2;'),
);
const program = fc.array(statement, { minLength: 2, maxLength: 8 }).map(
  (statements) => `let total = 1; const list = [];
    ${statements.map((one) => `{ ${one} }`).join('\n')}
    return { total, list, end: Date.now(), random: Math.random() };`,
);

describe('RunOptions.recorded', () => {
  test('random programs, repeated from their journal, are the same and carry nothing out', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (source) => {
        const journal = recorder();
        const outcome = await sandbox.run(source, { ...fixed, ...fresh(), journal });
        const again = recorder();
        const repeated = await sandbox.run(source, {
          ...fixed,
          tools: noTools,
          journal: again,
          recorded: { run: journal.recorded(), onDivergence: fail },
        });
        expect(essence(repeated)).toEqual(essence(outcome));
        expect(again.recorded()).toEqual(journal.recorded());
        expect(again.told.every((word) => word.startsWith('~'))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('nothing is carried out that the last recorded step takes back', async () => {
    const source = `const timer = setTimeout(() => {}, 1);
      await callTool('s', 't');
      for (let i = 0; i < 1e6; i++) {}
      clearTimeout(timer);`;
    const journal = recorder();
    await sandbox.run(source, { ...fixed, journal });
    const { steps, calls } = journal.recorded();
    const again = recorder();
    // As if the timer had not run out before.
    const unanswered = calls.map(({ answer, ...call }) =>
      call.name === 'sleep' || answer === undefined ? call : { ...call, answer },
    );
    const { status } = await sandbox.run(source, {
      ...fixed,
      tools: noTools,
      journal: again,
      recorded: { run: { steps, calls: unanswered } },
    });
    expect(status).toBe('returned');
    expect(again.told.filter((word) => !word.startsWith('~'))).toEqual([]);
  });

  test('random programs, killed at a random point, are resumed to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat(1_000), async (source, at) => {
        const journal = recorder();
        const outcome = await sandbox.run(source, { ...fixed, ...fresh(), journal });
        const run: RecordedRun = journal.recorded(at % (journal.told.length + 1));
        const made: number[] = [];
        const rest = recorder(run);
        const resumed = await sandbox.run(source, {
          ...{ ...fixed, ...fresh(), journal: rest },
          recorded: {
            run,
            redo: ['writeFile', 'setState'],
            onUnknown: ({ id }) => {
              made.push(id);
              return 'send';
            },
          },
        });
        const lost = run.calls.filter(({ sent, answer }) => sent && answer === undefined);
        expect(made).toEqual(lost.map(({ id }) => id));
        expect(resumed.logs.map(({ message }) => message)).toEqual(
          outcome.logs.map(({ message }) => message),
        );
        expect(resumed.usage.toolCalls).toBe(outcome.usage.toolCalls);
        // The whole of it, repeated, is the resumed run, to the unit of fuel.
        const repeated = await sandbox.run(source, {
          ...fixed,
          tools: noTools,
          recorded: { run: rest.recorded(), onDivergence: fail },
        });
        expect(essence(repeated)).toEqual(essence(resumed));
      }),
      { numRuns: 60 },
    );
  });
});

function fail(): never {
  throw new Error('The run made another call.');
}
