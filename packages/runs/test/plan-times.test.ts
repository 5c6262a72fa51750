import type { CallPreviewer, JsonObject, ToolCaller, ToolDefinition } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, expect, test } from 'vitest';
import { type Plan, planGrant, planRun, type WithPrograms } from '../src/index.ts';
import { TimesKeeper } from '../src/plan/planned-times.ts';
import { openScratchRuns, returned } from './harness.ts';
import { memoryFiles, memoryState } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

/**
 * A tool `put` that writes, and tools that read, which are answered in the order of `order`, each some
 * milliseconds after the one before.
 */
function openStore(order: readonly string[]) {
  const put: JsonObject[] = [];
  const gates = new Map(order.map((tool) => [tool, Promise.withResolvers<void>()]));
  const answer = (tool: string) => {
    const next = order[order.indexOf(tool) + 1];
    setTimeout(() => gates.get(next ?? '')?.resolve(), 5);
  };
  gates.get(order[0] ?? '')?.resolve();
  const tools: ToolCaller = {
    callTool: async ({ tool, paramsJson }) => {
      await gates.get(tool)?.promise;
      answer(tool);
      if (tool === 'put') put.push(JSON.parse(paramsJson));
      return { status: 'done', json: '{"ok":true}', cached: false };
    },
  };
  const resultSchema = { type: 'object', properties: { ok: { type: 'boolean' } } };
  const preview: CallPreviewer = {
    preview: async ({ tool }) => ({
      readOnly: tool !== 'put',
      tool: { name: tool, digest: tool } as ToolDefinition,
      resultSchema,
    }),
  };
  return { put, ports: { tools, preview, files: memoryFiles(), state: memoryState() } };
}

const params = (plan: Plan) => plan.effects.map((one) => one.params);

function programOf({ program: { source: _, ...rest } }: Plan) {
  return rest;
}

const afterReads = `
  const one = async (tool) => {
    await callTool('s', tool, {});
    const [at, seen, drawn, id] = [Date.now(), performance.now(), Math.random(), crypto.randomUUID()];
    await callTool('s', 'put', { tool, at, seen, drawn, id, date: new Date().toISOString() });
  };
  await Promise.all(['a', 'b', 'c'].map(one));
  return await callTool('s', 'put', { last: Date.now() });
`;

test('a run of a plan sees the times and draws the random numbers of the plan, in whatever order it is answered', async () => {
  const plan = await planRun(sandbox, afterReads, openStore(['c', 'a', 'b']).ports);
  expect(plan).toMatchObject({ status: 'complete' });
  const { put, ports } = openStore(['b', 'c', 'a']);
  const outcome = await sandbox.run(afterReads, { ...programOf(plan), ...planGrant(plan, ports) });
  expect(returned(outcome)).toEqual({ ok: true });
  expect(put).toEqual(params(plan));
});

test('a run of a plan that is interrupted goes on with the times of the plan', async () => {
  const plan = await planRun(sandbox, afterReads, openStore(['c', 'a', 'b']).ports);
  const runs = openScratchRuns();
  const before = openStore(['b', 'c', 'a']);
  const first = planGrant(plan, before.ports);
  const run = await runs.start(sandbox, afterReads, {
    ...{ ...programOf(plan), ...first },
    onEvent: () => runs.suspend(run.runId, { waitMs: 0 }).catch(() => {}),
  });
  expect((await run.outcome).status).toBe('suspended');
  const { recorded } = runs.store.read(run.runId);
  const after = openStore(['a', 'b', 'c']);
  const grant = planGrant(plan, { ...after.ports, recorded });
  const resumed = await runs.resume(sandbox, run.runId, { unknown: 'retry', ...grant });
  expect(returned(await resumed.outcome)).toEqual({ ok: true });
  expect([...before.put, ...after.put]).toEqual(params(plan));
});

test('programs that the planned one calls see the times of the plan too', async () => {
  const programs: WithPrograms = (acting, { seed, startTime }) => ({
    callTool: async (call, options) => {
      if (call.server !== 'programs') return acting.tools.callTool(call, options);
      const { callId = 0 } = options.context ?? {};
      const { tools, files, state, timing } = acting.within('programs.one', callId);
      const own = { tools, files, state, seed: `${seed}/${callId}`, startTime, ...timing };
      const json = JSON.stringify(returned(await sandbox.run(afterReads, own)));
      return { status: 'done', json, cached: false };
    },
  });
  const source = `
    await callTool('s', 'd', {});
    await callTool('programs', 'one', {});
  `;
  const order = ['d', 'c', 'a', 'b'];
  const plan = await planRun(sandbox, source, { ...openStore(order).ports, programs });
  expect(plan.effects).toHaveLength(4);
  const { put, ports } = openStore(['d', 'b', 'c', 'a']);
  const grant = planGrant(plan, { ...ports, programs });
  expect(returned(await sandbox.run(source, { ...programOf(plan), ...grant }))).toBe(null);
  expect(put).toEqual(params(plan));
});

test('a program that does more than in its plan goes on with a clock of its own', async () => {
  const source = `
    await callTool('s', 'a', {});
    const before = Date.now();
    if (args.waits) await sleep(20);
    return Date.now() - before;
  `;
  const plan = await planRun(sandbox, source, { ...openStore([]).ports, args: { waits: false } });
  expect(plan.value).toBe(0);
  const program = { ...programOf(plan), args: { waits: true } };
  const outcome = await sandbox.run(source, {
    ...program,
    ...planGrant(plan, openStore([]).ports),
  });
  expect(returned(outcome)).toBeGreaterThanOrEqual(18);
});

test('a program that makes fewer calls at one time than in its plan is not left waiting', async () => {
  const source = `
    const calls = [callTool('s', 'a', {}), callTool('s', 'b', {})];
    if (args.both) calls.push(callTool('s', 'c', {}));
    await Promise.all(calls);
    return await callTool('s', 'd', {});
  `;
  const order = ['c', 'b', 'a', 'd'];
  const plan = await planRun(sandbox, source, { ...openStore(order).ports, args: { both: true } });
  const program = { ...programOf(plan), args: { both: false } };
  const grant = planGrant(plan, openStore(['a', 'b', 'd']).ports);
  expect(returned(await sandbox.run(source, { ...program, ...grant }))).toEqual({ ok: true });
});

test('of all programs of a plan together, 100,000 steps are kept', () => {
  let full = 0;
  const keeper = new TimesKeeper(() => full++);
  const [one, other] = [keeper.journal([]), keeper.journal([1])];
  for (let clock = 0; clock < 50_000; clock++) {
    for (const journal of [one, other]) journal.stepped({ clock, answers: [clock] }, false);
  }
  expect(full).toBe(0);
  one.stepped({ clock: 50_000, answers: [1] }, false);
  expect(full).toBe(1);
  expect(keeper.times.map(({ steps }) => steps.length)).toEqual([50_000, 50_000]);
});
