import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { approvalFile } from '@org/bridge';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { decide, openRunStore, type RunStore, storedApprover } from '../src/index.ts';
import {
  codeOf,
  eventually,
  fixture,
  openScratchRuns,
  returned,
  scratchFolder,
} from './harness.ts';
import { openServers, ordersIn } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

/** A host whose policy asks about orders. Several of one folder are as several processes. */
async function openHost(folder = scratchFolder(), rest = {}) {
  const approvals = approvalFile(path.join(folder, 'approvals.json'), 'test');
  const file = path.join(folder, 'runs.db');
  const runs = openScratchRuns({}, file);
  const approver = storedApprover({
    store: runs.store,
    suspend: (runId) => runs.suspend(runId),
  });
  const policy = { ask: ['shop.order', 'shop.fail'] };
  const bridge = await openServers(folder, { policy, approver, approvals, ...rest });
  const start = async (source: string) => {
    const run = await runs.start(sandbox, source, { tools: bridge });
    return { runId: run.runId, outcome: await run.outcome };
  };
  const resume = async (runId: string) =>
    (await runs.resume(sandbox, runId, { tools: bridge })).outcome;
  return { folder, file, runs, start, resume, orders: () => ordersIn(folder) };
}

/** The store as another process has it. */
function otherStore(file: string): RunStore {
  const store = openRunStore({ path: file });
  onTestFinished(() => store[Symbol.dispose]());
  return store;
}

const open = (store: RunStore, runId: string) =>
  store.asks(runId).filter(({ decision }) => decision === undefined);

const once = { answer: 'once', by: 'ann' } as const;

const one = `const { number } = await callTool('shop', 'order', { item: 'tea', count: 2 }); export default number;`;

const loop = `
  const numbers = [];
  for (let count = 1; count <= 5; count++) {
    numbers.push((await callTool('shop', 'order', { item: args.item ?? 'tea', count })).number);
  }
  export default numbers;
`;

test('a call that needs approval suspends the run, with its parameters in full', async () => {
  const { start, file, orders } = await openHost();
  const { runId, outcome } = await start(one);
  expect(outcome.status).toBe('suspended');
  expect(outcome.calls).toEqual([]);
  expect(otherStore(file).asks(runId)).toEqual([
    {
      ...{ runId, callId: 1, kind: 'approval', server: 'shop', tool: 'order' },
      paramsJson: '{"item":"tea","count":2}',
      definitionDigest: expect.stringMatching(/^[0-9a-f]{64}$/u),
      askedAt: expect.any(Number),
    },
  ]);
  expect(await orders()).toEqual([]);
});

test('it is approved in another process, and goes on in a third one', async () => {
  const first = await openHost();
  const { runId } = await first.start(one);
  await promisify(execFile)(process.execPath, [
    fixture('decide.ts'),
    first.file,
    runId,
    '1',
    'once',
  ]);
  expect(first.runs.get(runId)?.asks[0]?.decision).toMatchObject({
    verdict: 'approved',
    decidedBy: 'a process',
  });
  const third = await openHost(first.folder);
  expect(returned(await third.resume(runId))).toBe(1);
  expect(await third.orders()).toEqual(['{"item":"tea","count":2}']);
});

test('what is refused is not sent, and the program is told', async () => {
  const { start, resume, runs, orders } = await openHost();
  const { runId } = await start(one);
  decide(runs.store, runId, 1, { answer: 'no', by: 'ann' });
  expect(await resume(runId)).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
  expect(await orders()).toEqual([]);
});

test('a run that is resumed without a decision is suspended again, with the same question', async () => {
  const { start, resume, runs } = await openHost();
  const { runId } = await start(one);
  expect((await resume(runId)).status).toBe('suspended');
  expect(runs.store.asks(runId)).toHaveLength(1);
});

test('calls made at one time are all asked about, and each is decided by itself', async () => {
  const { start, resume, runs, orders } = await openHost();
  const { runId } = await start(`
    const orders = ['a', 'b', 'c', 'd'].map((item) => callTool('shop', 'order', { item }));
    export default (await Promise.allSettled(orders)).map(({ status }) => status);
  `);
  const asks = open(runs.store, runId);
  expect(asks.map(({ callId }) => callId)).toEqual([1, 2, 3, 4]);
  for (const { callId } of asks) {
    const answer = callId === 2 ? 'no' : 'once';
    decide(runs.store, runId, callId, { answer, by: 'ann' });
  }
  expect(returned(await resume(runId))).toEqual([
    ...['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  ]);
  expect((await orders()).toSorted()).toEqual(['{"item":"a"}', '{"item":"c"}', '{"item":"d"}']);
});

test('what was sent before is answered before the run is taken out of memory', async () => {
  const { folder, start, resume, runs, orders } = await openHost();
  const starting = start(`
    const waiting = callTool('shop', 'wait', {});
    const ordered = callTool('shop', 'order', { item: 'tea' });
    export default [await waiting, (await ordered).number];
  `);
  await eventually(() => runs.store.asks()).toHaveLength(1);
  await writeFile(path.join(folder, 'gate'), '');
  const { runId, outcome } = await starting;
  expect(outcome.calls).toMatchObject([{ tool: 'wait', status: 'done' }]);
  decide(runs.store, runId, 2, once);
  expect(returned(await resume(runId))).toEqual(['waited', 1]);
  expect(await orders()).toEqual(['waited', '{"item":"tea"}']);
});

test('a yes can cover the next calls of the tool, up to a number', async () => {
  const { start, resume, runs, orders } = await openHost();
  const { runId } = await start(loop);
  decide(runs.store, runId, 1, { ...once, next: 3 });
  expect((await resume(runId)).status).toBe('suspended');
  expect(await orders()).toHaveLength(4);
  expect(open(runs.store, runId).map(({ callId }) => callId)).toEqual([5]);
  expect(runs.store.asks(runId)[2]?.decision).toMatchObject({
    decidedBy: 'ann',
    terms: { coveredBy: 1 },
  });
  decide(runs.store, runId, 5, once);
  expect(returned(await resume(runId))).toEqual([1, 2, 3, 4, 5]);
});

test('and only those whose parameters are equal but for some', async () => {
  const { start, resume, runs, orders } = await openHost();
  const { runId } = await start(`
    for (const [item, count] of [['tea', 1], ['tea', 2], ['gold', 3], ['tea', 4]]) {
      await callTool('shop', 'order', { item, count });
    }
  `);
  decide(runs.store, runId, 1, { ...once, next: 10, varying: ['count'] });
  expect((await resume(runId)).status).toBe('suspended');
  expect(open(runs.store, runId)).toMatchObject(
    [{ callId: 3, paramsJson: /gold/u }].map(({ callId }) => ({ callId })),
  );
  decide(runs.store, runId, 3, { answer: 'no', by: 'ann' });
  expect(await resume(runId)).toMatchObject({ error: { code: 'NOT_ALLOWED' } });
  expect(await orders()).toEqual(['{"item":"tea","count":1}', '{"item":"tea","count":2}']);
});

test('a yes covers no other tool and no other run', async () => {
  const { start, resume, runs, orders } = await openHost();
  const { runId } = await start(`
    await callTool('shop', 'order', { item: 'tea' });
    await callTool('shop', 'fail', { item: 'tea' });
  `);
  decide(runs.store, runId, 1, { ...once, next: 10 });
  expect((await resume(runId)).status).toBe('suspended');
  expect(open(runs.store, runId)).toMatchObject([{ tool: 'fail' }]);
  expect((await start(one)).outcome.status).toBe('suspended');
  expect(await orders()).toHaveLength(1);
});

test('always holds for later runs, until the definition changes', async () => {
  const { folder, start, resume, runs } = await openHost();
  const { runId } = await start(loop);
  decide(runs.store, runId, 1, { answer: 'always', by: 'ann' });
  expect(returned(await resume(runId))).toEqual([1, 2, 3, 4, 5]);
  expect(returned((await start(one)).outcome)).toBe(6);
  await writeFile(path.join(folder, 'description'), 'Orders an item, and pays for it.');
  const later = await openHost(folder);
  expect((await later.start(one)).outcome).toMatchObject({ error: { code: 'DEFINITION_CHANGED' } });
});

test('a decision does not hold for a tool that has changed meanwhile: it is asked again', async () => {
  const { folder, start, runs } = await openHost();
  const { runId } = await start(one);
  decide(runs.store, runId, 1, { ...once, next: 5 });
  await writeFile(path.join(folder, 'description'), 'Orders an item, and pays for it.');
  const later = await openHost(folder);
  expect((await later.resume(runId)).status).toBe('suspended');
  const [before, after] = later.runs.store.asks(runId);
  expect(after).toMatchObject({ callId: 1, kind: 'approval' });
  expect(after?.decision).toBeUndefined();
  expect(after?.definitionDigest).not.toBe(before?.definitionDigest);
  expect(await later.orders()).toEqual([]);
  decide(later.runs.store, runId, 1, once);
  expect(returned(await later.resume(runId))).toBe(1);
});

test('what a filter hides is not in the question, and is sent', async () => {
  const patterns = { receipt: 'https://shop\\.example/\\d+' };
  const shopFilter = { outgoing: [], patterns, restoreFor: ['order'] };
  const { start, resume, runs, orders } = await openHost(undefined, { shopFilter });
  const { runId } = await start(`
    const { receipt } = await callTool('shop', 'order', { item: 'tea' });
    await callTool('shop', 'order', { item: 'box for ' + receipt });
  `);
  decide(runs.store, runId, 1, once);
  await resume(runId);
  const [ask] = open(runs.store, runId);
  expect(ask?.paramsJson).toMatch(/^\{"item":"box for \[\[RECEIPT:[0-9a-f]{24}\]\]"\}$/u);
  decide(runs.store, runId, 2, once);
  expect((await resume(runId)).status).toBe('returned');
  expect((await orders())[1]).toBe('{"item":"box for https://shop.example/1"}');
});

test('of two who decide otherwise the first one counts; both are told', async () => {
  const { start, resume, runs, file, orders } = await openHost();
  const { runId } = await start(one);
  decide(otherStore(file), runId, 1, { answer: 'no', by: 'bob' });
  expect(await codeOf(() => decide(runs.store, runId, 1, once))).toBe('USAGE');
  expect(decide(runs.store, runId, 1, { answer: 'no', by: 'ann' }).decision).toMatchObject({
    decidedBy: 'bob',
  });
  await resume(runId);
  expect(await orders()).toEqual([]);
});

test('a run that was cancelled cannot be decided on', async () => {
  const { start, runs, file, orders } = await openHost();
  const { runId } = await start(one);
  await runs.cancel(runId);
  expect(await codeOf(() => decide(otherStore(file), runId, 1, once))).toBe('RUN_BUSY');
  expect(await codeOf(() => decide(runs.store, 'nobody', 1, once))).toBe('RUN_NOT_FOUND');
  expect(await orders()).toEqual([]);
});

test.each([
  [{ ...once, next: -1 }],
  [{ ...once, next: 1.5 }],
  [{ ...once, next: 1e9 }],
  [{ answer: 'no', by: 'ann', next: 1 } as const],
])('terms out of range are refused: %j', async (decision) => {
  const { start, runs } = await openHost();
  const { runId } = await start(one);
  expect(await codeOf(() => decide(runs.store, runId, 1, decision))).toBe('USAGE');
  expect(open(runs.store, runId)).toHaveLength(1);
});

test('a call that is not of a recorded run cannot wait for a person', async () => {
  const folder = scratchFolder();
  const runs = openScratchRuns();
  const approver = storedApprover({ store: runs.store, suspend: (id) => runs.suspend(id) });
  const bridge = await openServers(folder, { policy: { ask: ['shop'] }, approver });
  const call = { server: 'shop', tool: 'order', paramsJson: '{"item":"tea"}' };
  expect(await bridge.callTool(call, { signal: new AbortController().signal })).toMatchObject({
    status: 'refused',
    error: { code: 'APPROVAL_REQUIRED' },
  });
  expect(await sandbox.run(one, { tools: bridge })).toMatchObject({
    error: { code: 'APPROVAL_REQUIRED' },
  });
});
