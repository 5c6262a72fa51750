import path from 'node:path';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, expect, test } from 'vitest';
import { decide, type RunDocument, storedApprover } from '../src/index.ts';
import { codeOf, openScratchRuns, returned, scratchFolder } from './harness.ts';
import { openServers, ordersIn } from './servers.ts';

const sandbox = await createSandbox({ workers: 1 });
afterAll(() => sandbox.close());

const source = `
  console.log('at', Date.now());
  const numbers = [];
  for (const item of ['tea', 'cup', 'pot']) {
    numbers.push((await callTool('shop', 'order', { item })).number);
  }
  export default { numbers, random: Math.random(), blob: args.blob };
`;

/** A machine with servers, a store and a policy of its own. */
async function openMachine(policy = {}) {
  const folder = scratchFolder();
  const runs = openScratchRuns({}, path.join(folder, 'runs.db'));
  const approver = storedApprover({ store: runs.store, suspend: (id) => runs.suspend(id) });
  const tools = await openServers(folder, { policy, approver });
  const start = async (program: string, rest = {}) =>
    (await runs.start(sandbox, program, { tools, ...rest })).outcome;
  const exported = (runId: string) => JSON.stringify(runs.export(runId));
  return { runs, tools, start, exported, orders: () => ordersIn(folder) };
}

test('an exported run is shown, replayed and forked on another machine', async () => {
  const one = await openMachine();
  const other = await openMachine();
  const outcome = await one.start(source, { principal: 'ann', context: { rules: 'of ann' } });
  const { runId } = outcome;
  const record = other.runs.import(one.exported(runId));
  const before = one.runs.get(runId);
  expect(record).toMatchObject({ runId, status: 'returned', source, outcome });
  expect(record.journal).toEqual(before?.journal);
  expect(record.createdAt).toBe(before?.createdAt);
  expect(record).not.toHaveProperty('principal');
  expect(record).not.toHaveProperty('context');
  expect(await other.runs.replay(sandbox, runId)).toMatchObject({ same: true, calls: 3 });
  const [fork] = await other.runs.fork(sandbox, runId, { step: 1, tools: other.tools });
  expect(returned((await fork?.outcome) as never)).toMatchObject({ numbers: [1, 2, 1] });
  expect(await other.orders()).toHaveLength(1);
  // What it gives is what it got.
  const again = await openMachine();
  again.runs.import(other.exported(runId));
  expect(again.runs.get(runId)?.journal).toEqual(before?.journal);
});

test('a suspended run goes on where it was brought to, asked about anew', async () => {
  const policy = { ask: ['shop.order'] };
  const one = await openMachine(policy);
  const other = await openMachine(policy);
  const { runId } = await one.start(source);
  decide(one.runs.store, runId, 1, { answer: 'once', by: 'ann' });
  expect(other.runs.import(one.exported(runId))).toMatchObject({ status: 'suspended', asks: [] });
  const resume = async () =>
    (await other.runs.resume(sandbox, runId, { tools: other.tools })).outcome;
  expect(await resume()).toMatchObject({ status: 'suspended' });
  expect(await other.orders()).toEqual([]);
  decide(other.runs.store, runId, 1, { answer: 'once', by: 'bob', next: 5 });
  expect(returned(await resume())).toMatchObject({ numbers: [1, 2, 3] });
  expect(await other.orders()).toHaveLength(3);
  expect(await one.orders()).toEqual([]);
});

test('no run is replaced, and one of another engine says so when it is replayed', async () => {
  const one = await openMachine();
  const { runId } = await one.start('export default 1;');
  const text = one.exported(runId);
  expect(await codeOf(() => one.runs.import(text))).toBe('USAGE');
  const other = await openMachine();
  const engine = 'f'.repeat(64);
  other.runs.import(text.replaceAll(sandbox.engineDigest, engine));
  expect(other.runs.get(runId)).toMatchObject({ engineDigest: engine, outcome: { value: 1 } });
  await expect(other.runs.replay(sandbox, runId)).rejects.toThrow(/belongs to the engine ffff/u);
});

// biome-ignore lint/suspicious/noExplicitAny: a document is made wrong in every place.
type Document = any;

const wrongs: readonly [string, (document: Document) => void][] = [
  ['another format', (one) => Object.assign(one, { format: 'x' })],
  ['no id', ({ run }) => delete run.runId],
  ['an id that leads elsewhere', ({ run }) => Object.assign(run, { runId: '../../x' })],
  ['a status that it cannot have', ({ run }) => Object.assign(run, { status: 'running' })],
  ['an outcome of another status', ({ run }) => Object.assign(run, { status: 'threw' })],
  ['an outcome of another run', ({ run }) => Object.assign(run.outcome, { runId: 'f'.repeat(36) })],
  ['an outcome without its value', ({ run }) => delete run.outcome.value],
  ['usage that is no number', ({ run }) => Object.assign(run.outcome.usage, { fuel: '1' })],
  ['logs that are none', ({ run }) => Object.assign(run, { logs: [{ level: 'loud' }] })],
  ['another program', (one) => Object.assign(one, { program: btoa('other') })],
  ['a program that is no base64', (one) => Object.assign(one, { program: '%%%' })],
  ['an engine that is no digest', ({ run }) => Object.assign(run, { engineDigest: 'e' })],
  ['limits below all', ({ run }) => Object.assign(run.limits, { fuel: -1 })],
  ['calls out of order', ({ run }) => run.journal.calls.reverse()],
  [
    'a call that is made too late',
    ({ run }) => Object.assign(run.journal.calls[0], { madeAfter: 99 }),
  ],
  ['an argument that is no text', ({ run }) => run.journal.calls[0].args.push({})],
  ['an answer handed in twice', ({ run }) => run.journal.steps.push(run.journal.steps[0])],
  ['a step of an answer that is not there', ({ run }) => delete run.journal.calls[0].answer],
  ['a blob of no handle', ({ run }) => Object.assign(run.journal.calls[0], { blobs: { x: '' } })],
  ['a name without end', ({ run }) => Object.assign(run, { name: 'x'.repeat(5_000) })],
];

test('what is no export is refused, and nothing of it is kept', async () => {
  const one = await openMachine();
  const { runId } = await one.start(source);
  const text = one.exported(runId);
  const other = await openMachine();
  const codes = await Promise.all(
    wrongs.map(async ([name, wrong]) => {
      const document = JSON.parse(text) as Document;
      wrong(document);
      return [name, await codeOf(() => other.runs.import(JSON.stringify(document)))];
    }),
  );
  expect(codes).toEqual(wrongs.map(([name]) => [name, 'STORE_DAMAGED']));
  const deep = text.replace('"args":{}', `"args":${'['.repeat(900)}${']'.repeat(900)}`);
  for (const bad of ['', 'null', '[]', text.slice(0, -9), deep]) {
    expect(await codeOf(() => other.runs.import(bad))).toBe('STORE_DAMAGED');
  }
  expect(other.runs.list()).toEqual([]);
});

test('a run of a plan, or without all of its journal, does not go on elsewhere', async () => {
  const one = await openMachine({ ask: ['shop.order'] });
  const { runId } = await one.start(source);
  const document = (): RunDocument => JSON.parse(one.exported(runId));
  const other = await openMachine();
  for (const more of [{ parent: { runId: 'a'.repeat(64), as: 'plan' } }, { incomplete: true }]) {
    const { run, ...rest } = document();
    const text = JSON.stringify({ ...rest, run: { ...run, ...more } });
    expect(await codeOf(() => other.runs.import(text))).toBe('RUN_NOT_RESUMABLE');
  }
});
