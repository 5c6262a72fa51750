import { deepStrictEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ToolCaller } from '@org/core';
import { openRunStore, openRuns, type Runs } from '@org/runs';
import { createSandbox } from '@org/wasm-runtime';
import { compare, quick } from './measure.ts';
import { type Row, record, size, timing } from './record.ts';

const json = JSON.stringify({ id: 7, title: 'A result of a common size', body: 'x'.repeat(150) });
const tools: ToolCaller = { callTool: async () => ({ status: 'done', json, cached: false }) };
await using sandbox = await createSandbox({ tools });
const folder = mkdtempSync(path.join(tmpdir(), 'bench-runs-'));
const open = (name: string, mayRetry: boolean): Runs =>
  openRuns({ store: openRunStore({ path: path.join(folder, name) }), mayRetry: () => mayRetry });
await using reads = open('reads.db', true);
await using writes = open('writes.db', false);

const sequential = `let n = 0;
  for (let i = 0; i < args.calls; i++) n += (await callTool('s', 't', { i })).id;
  return n;`;
const parallel = `const all = [];
  for (let i = 0; i < args.calls; i++) all.push(callTool('s', 't', { i }));
  return (await Promise.all(all)).reduce((n, { id }) => n + id, 0);`;
const limits = { toolCalls: 2_000 };

async function expectCalls(outcome: { readonly status: string }, calls: number): Promise<void> {
  deepStrictEqual('value' in outcome ? outcome.value : outcome, calls * 7);
}
const plain = async (source: string, calls: number) =>
  expectCalls(await sandbox.run(source, { args: { calls }, limits }), calls);
const kept = async (runs: Runs, source: string, calls: number) => {
  const run = await runs.start(sandbox, source, { args: { calls }, limits });
  await expectCalls(await run.outcome, calls);
  return run.runId;
};

const rows: Row[] = [];
const calls = 100;
for (const [name, source] of Object.entries({ 'in sequence': sequential, 'at once': parallel })) {
  const taken = await compare(
    {
      'not kept': { run: () => plain(source, calls) },
      'kept, may be made again': { run: () => kept(reads, source, calls) },
      'kept, may not': { run: () => kept(writes, source, calls) },
    },
    { ms: 3_000, least: 10 },
  );
  for (const [subject, samples] of Object.entries(taken)) {
    rows.push(timing(`a call, 100 ${name}`, subject, samples, calls));
  }
}
const small = await compare(
  {
    'not kept': { run: () => plain(sequential, 0) },
    'kept, may be made again': { run: () => kept(reads, sequential, 0) },
  },
  { ms: 1_500, least: 10 },
);
for (const [subject, samples] of Object.entries(small)) {
  rows.push(timing('a run without calls', subject, samples));
}

// A run of 1,000 calls whose process died after them: its last call was never answered.
const many = quick ? 100 : 1_000;
await using lostRuns = open('lost.db', true);
const hanging: ToolCaller = {
  callTool: async ({ paramsJson }, { signal }) => {
    if (paramsJson !== `{"i":${many - 1}}`) return { status: 'done', json, cached: false };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { status: 'unknown', error: { code: 'ABORTED', message: 'Gone.', retryable: false } };
  },
};
const { store } = lostRuns;
const first = await lostRuns.start(sandbox, sequential, {
  args: { calls: many },
  limits,
  tools: hanging,
});
while ((lostRuns.get(first.runId)?.calls ?? 0) < many) await new Promise(setImmediate);
await lostRuns.suspend(first.runId, { waitMs: 0 });
const { run: made, recorded } = store.read(first.runId);
const answered = recorded.calls.slice(0, -1);
let copies = 0;
function lose(): string {
  const runId = `copy-${++copies}`;
  store.add({ ...made, runId });
  const entries = answered.flatMap(({ sent: _, answer, record: call, id, name, args }, index) => [
    { type: 'called' as const, call: { id, name, args } },
    { type: 'sent' as const, id },
    ...(answer
      ? [{ type: 'answered' as const, answered: { id, answer, ...(call && { record: call }) } }]
      : []),
    ...(recorded.steps[index] ? [{ type: 'stepped' as const, step: recorded.steps[index] }] : []),
  ]);
  store.append(runId, entries, false);
  store.suspend(runId);
  return runId;
}
const again = await compare(
  {
    [`resume after ${many} calls, to the end`]: {
      prepare: lose,
      run: async (runId: unknown) => {
        const { outcome } = await lostRuns.resume(sandbox, runId as string);
        await expectCalls(await outcome, many);
      },
    },
    [`replay of ${many} calls`]: {
      prepare: async () => {
        const runId = lose();
        await (await lostRuns.resume(sandbox, runId)).outcome;
        return runId;
      },
      run: async (runId: unknown) =>
        deepStrictEqual((await lostRuns.replay(sandbox, runId as string)).same, true),
    },
    [`the run itself, kept, ${many} calls`]: { run: () => kept(reads, sequential, many) },
  },
  { ms: 3_000, least: 5 },
);
for (const [name, samples] of Object.entries(again)) rows.push(timing(name, 'ours', samples));

// A store with 10,000 runs.
const inStore = quick ? 500 : 10_000;
using big = openRunStore({ path: path.join(folder, 'big.db') });
const outcome = {
  ...{ status: 'returned', value: 1, logs: [], calls: [], runId: '' },
  usage: { fuel: 1, memoryBytes: 1, wallMs: 1, toolCalls: 0, cacheHits: 0 },
} as unknown as Parameters<typeof big.end>[1];
for (let n = 0; n < inStore; n++) {
  const runId = `run-${n}`;
  big.add({ ...made, runId, session: `session-${n % 100}` });
  big.append(runId, [{ type: 'called', call: { id: 1, name: 'sleep', args: ['1'] } }], false);
  big.end(runId, outcome);
}
const listed = await compare(
  {
    'list the newest 100': { run: () => deepStrictEqual(big.list({}).length, 100) },
    'list all': { run: () => deepStrictEqual(big.list({ limit: 10_000 }).length, inStore) },
    'list 100 of a session': {
      run: () => deepStrictEqual(big.list({ session: 'session-7' }).length, inStore / 100),
    },
    'see that nothing is to be pruned': { run: () => big.prune({}) },
  },
  { ms: 1_000, least: 5 },
);
for (const [name, samples] of Object.entries(listed)) {
  rows.push(timing(`${inStore.toLocaleString('en')} runs: ${name}`, 'ours', samples));
}
rows.push(
  size(
    `${inStore.toLocaleString('en')} runs: the file`,
    'ours',
    statSync(path.join(folder, 'big.db')).size,
    'MB',
  ),
);
rmSync(folder, { recursive: true });
record('runs', 'What does it cost to keep a run, and to go on with it?', rows);
