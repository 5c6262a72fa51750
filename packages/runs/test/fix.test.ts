import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunOutcome } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, expect, test } from 'vitest';
import { type FixOptions, fixText, openFix } from '../src/index.ts';
import { codeOf, eventually, openScratchRuns, returned, scratchFolder } from './harness.ts';
import { memoryFiles, memoryState, openServers, ordersIn } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

async function openHost() {
  const folder = scratchFolder();
  const runs = openScratchRuns({}, path.join(folder, 'runs.db'));
  const bridge = await openServers(folder);
  const ports = { tools: bridge, files: memoryFiles(), state: memoryState() };
  const start = async (source: string, rest = {}): Promise<RunOutcome> =>
    (await runs.start(sandbox, source, { ...ports, ...rest })).outcome;
  const fix = async (runId: string, source: string, options: FixOptions = {}) => {
    const opened = openFix(runs.store, runId, options);
    const outcome = await start(source, opened.options);
    return { outcome, report: opened.report(outcome.runId) };
  };
  return { folder, runs, ports, start, fix, orders: () => ordersIn(folder) };
}

const order = (item: string) => `(await callTool('shop', 'order', { item: ${item} })).number`;

const failing = `
  const numbers = [];
  for (const item of ['a', 'b', 'c']) numbers.push(${order('item')});
  await writeFile('/workspace/numbers.json', JSON.stringify(numbers));
  export default numbers.total.sum;
`;

test('equal calls take their recorded answers, and writes are not repeated', async () => {
  const { start, fix, orders } = await openHost();
  const { runId, status } = await start(failing);
  expect(status).toBe('threw');
  const mended = failing.replace('numbers.total.sum', 'numbers');
  const { outcome, report } = await fix(runId, mended);
  expect(returned(outcome)).toEqual([1, 2, 3]);
  expect(await orders()).toHaveLength(3);
  expect(report).toEqual({
    ...{ runId: outcome.runId, parentRunId: runId, reused: 4, made: 0, notMade: [], unknown: [] },
  });
  expect(fixText(report)).toContain('4 calls took their recorded answers, 0 were made\nEvery call');
});

test('the first difference is carried out and reported; what is not made any more is listed', async () => {
  const { start, fix, orders } = await openHost();
  const { runId } = await start(failing);
  const edited = `
    const numbers = [];
    for (const item of ['c', 'x', 'a', 'a']) numbers.push(${order('item')});
    export default numbers;
  `;
  const { outcome, report } = await fix(runId, edited);
  expect(returned(outcome)).toEqual([3, 4, 1, 5]);
  expect(await orders()).toEqual(['a', 'b', 'c', 'x', 'a'].map((item) => `{"item":"${item}"}`));
  expect(report).toMatchObject({
    reused: 2,
    made: 2,
    firstDifference: { id: 2, name: 'callTool', args: ['shop', 'order', '{"item":"x"}'] },
    notMade: [
      { id: 2, name: 'callTool', args: ['shop', 'order', '{"item":"b"}'] },
      { name: 'writeFile' },
    ],
  });
  const text = fixText(report);
  expect(text).toContain('First difference: 2. shop.order {"item":"x"}');
  expect(text).toMatch(
    /not made any more:\n {2}2\. shop\.order \{"item":"b"\}\n {2}4\. writeFile/u,
  );
});

test('the edited program has the seed, clock and arguments of the failed one, and its record', async () => {
  const { start, fix, runs } = await openHost();
  const source = `
    ${order('"tea " + Math.floor(Math.random() * 1e9) + new Date(Date.now()).getFullYear() + args.a')};
    throw new Error('no');
  `;
  const { runId } = await start(source, {
    ...{ args: { a: 1 }, session: 's', principal: 'ann', startTime: 1_000_000_000_000 },
  });
  const { outcome, report } = await fix(runId, source.replace("throw new Error('no');", ''));
  expect(report).toMatchObject({ reused: 1, made: 0 });
  expect(runs.get(outcome.runId)).toMatchObject({
    ...{ session: 's', principal: 'ann', parent: { runId, as: 'fix' } },
    journal: { calls: [{ sent: true, answer: { ok: true } }] },
  });
  expect((await runs.replay(sandbox, outcome.runId)).same).toBe(true);
});

test('a call that was refused before it was sent is made again; one that failed is not', async () => {
  const { start, fix, orders } = await openHost();
  const source = `
    const codes = [];
    for (const [tool, params] of [['order', { item: 1 }], ['fail', { item: 'a' }]]) {
      try { await callTool('shop', tool, params); } catch (error) { codes.push(error.code); }
    }
    export default codes;
  `;
  const { runId } = await start(source);
  const { outcome, report } = await fix(runId, source);
  expect(returned(outcome)).toEqual(['INVALID_PARAMS', 'TOOL_FAILED']);
  expect(report).toMatchObject({ reused: 1, made: 1, firstDifference: { id: 1 } });
  expect(await orders()).toHaveLength(1);
  await fix(runId, source, { mayRetry: ({ args }) => args[1] === 'fail' });
  expect(await orders()).toHaveLength(2);
});

/** A run that is cancelled while its first call is under way. */
async function withUnknown({ start, runs, orders, folder }: Awaited<ReturnType<typeof openHost>>) {
  const abort = new AbortController();
  const running = start(`await callTool('shop', 'wait', {}); export default 1;`, {
    signal: abort.signal,
  });
  await eventually(() => runs.list()[0]?.calls).toBe(1);
  const runId = runs.list()[0]?.runId as string;
  await eventually(() => runs.get(runId)?.journal.calls[0]?.sent).toBe(true);
  abort.abort();
  expect((await running).calls).toMatchObject([{ status: 'unknown' }]);
  await writeFile(path.join(folder, 'gate'), '');
  await eventually(orders).toHaveLength(1);
  return runId;
}

const waiting = `
  try { await callTool('shop', 'wait', {}); return 'made'; } catch (error) { return error.code; }
`;

test('a call that was sent and never answered is up to the operator', async () => {
  const host = await openHost();
  const runId = await withUnknown(host);
  const failed = await host.fix(runId, waiting);
  expect(returned(failed.outcome)).toBe('CALL_UNKNOWN');
  expect(failed.report).toMatchObject({ reused: 0, unknown: [{ id: 1, sent: true }] });
  expect(await host.orders()).toHaveLength(1);
  const sent = await host.fix(runId, waiting, { onUnknown: () => 'send' });
  expect(returned(sent.outcome)).toBe('made');
  expect(await host.orders()).toHaveLength(2);
});

test('a run under way, and one that there is not, cannot be fixed', async () => {
  const { runs, folder, ports } = await openHost();
  const run = await runs.start(sandbox, `await callTool('shop', 'wait', {});`, ports);
  expect(await codeOf(() => openFix(runs.store, run.runId))).toBe('RUN_BUSY');
  expect(await codeOf(() => openFix(runs.store, 'nobody'))).toBe('RUN_NOT_FOUND');
  await writeFile(path.join(folder, 'gate'), '');
  await run.outcome;
});
