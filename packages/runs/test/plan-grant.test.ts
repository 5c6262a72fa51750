import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallPreviewer, JsonObject, ToolCaller, ToolDefinition, ToolName } from '@org/core';
import { canonicalJson } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  type ActingPorts,
  planGrant,
  planRun,
  planText,
  storedApprover,
  type WithPrograms,
} from '../src/index.ts';
import { eventually, openScratchRuns, returned, scratchFolder } from './harness.ts';
import { memoryFiles, memoryState, openServers, ordersIn } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

const definition: ToolDefinition = {
  name: 'put' as ToolName,
  inputSchema: { type: 'object' },
  outputSchema: {
    type: 'object',
    properties: { id: { type: 'string' }, rank: { type: 'integer' } },
    required: ['id', 'rank'],
  },
  requiresTask: false,
  digest: 'd1',
};

/** A server in memory that gives each thing that is put an id and a rank. */
function openStore(digest = 'd1') {
  const put: string[] = [];
  const tools: ToolCaller = {
    tellsSent: true,
    callTool: async ({ tool, paramsJson }, { onSent }) => {
      onSent?.();
      put.push(`${tool} ${canonicalJson(JSON.parse(paramsJson))}`);
      const answer = { id: `real-${put.length}`, rank: 70_000_000 + put.length };
      return { status: 'done', json: JSON.stringify(answer), cached: false };
    },
  };
  const preview: CallPreviewer = {
    preview: async ({ tool }) => ({
      tool: { ...definition, name: tool as ToolName, digest },
      resultSchema: definition.outputSchema as JsonObject,
      readOnly: false,
    }),
  };
  return { put, ports: { tools, preview, files: memoryFiles(), state: memoryState() } };
}

/** A program as the calls that it makes, in order or at one time, where `$n` is an earlier id. */
const call = fc.record({
  tool: fc.constantFrom('put', 'add'),
  value: fc.oneof(fc.integer(), fc.constantFrom('a', 'b')),
  link: fc.option(fc.record({ to: fc.nat(5), how: fc.constantFrom('whole', 'within', 'rank') })),
});

const sourceOf = (calls: readonly (typeof call extends fc.Arbitrary<infer T> ? T : never)[]) => `
  const answers = [];
  ${calls
    .map(({ tool, value, link }, index) => {
      const earlier = link && index > 0 ? `answers[${link.to % index}]` : undefined;
      const linked = {
        whole: `${earlier}.id`,
        within: `\`to \${${earlier}.id}!\``,
        rank: `${earlier}.rank`,
      };
      const params = earlier
        ? `{ value: ${JSON.stringify(value)}, link: [${linked[link?.how as 'whole']}] }`
        : `{ value: ${JSON.stringify(value)} }`;
      return `answers.push(await callTool('s', '${tool}', ${params}));`;
    })
    .join('\n  ')}
  export default answers.length;
`;

test('a plan lets its own program do all that it lists, with real answers passed on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
      const source = sourceOf(calls);
      const { put, ports } = openStore();
      const plan = await planRun(sandbox, source, ports);
      expect([plan.status, plan.effects.length, put.length]).toEqual([
        ...['complete', calls.length, 0],
      ]);
      const { tools } = planGrant(plan, ports);
      const { source: _, ...program } = plan.program;
      expect(returned(await sandbox.run(source, { ...program, tools }))).toBe(calls.length);
      const free = openStore();
      await sandbox.run(source, { ...program, tools: free.ports.tools });
      expect(put).toEqual(free.put);
    }),
    { numRuns: 40 },
  );
});

test('whatever a run tries, it has each planned effect at most once, and nothing else', async () => {
  const literal = fc.record({ tool: fc.constantFrom('put', 'add'), value: fc.nat(3) });
  const made = ({ tool, value }: { tool: string; value: number }) =>
    `await callTool('s', '${tool}', { value: ${value} });`;
  await fc.assert(
    fc.asyncProperty(
      fc.array(literal, { maxLength: 5 }),
      fc.array(literal, { maxLength: 8 }),
      async (planned, tried) => {
        const { put, ports } = openStore();
        const plan = await planRun(sandbox, planned.map(made).join('\n'), ports);
        const { tools } = planGrant(plan, ports);
        const source = tried
          .map(
            (one) =>
              `try { ${made(one)} } catch (error) { if (error.code !== 'NOT_IN_PLAN') throw error; }`,
          )
          .join('\n');
        expect((await sandbox.run(source, { tools })).status).toBe('returned');
        const count = (list: readonly string[]) => Map.groupBy(list, (one) => one);
        const keyOf = ({ tool, value }: { tool: string; value: number }) =>
          `${tool} {"value":${value}}`;
        const allowed = count(planned.map(keyOf));
        const wanted = count(tried.map(keyOf));
        for (const [key, calls] of count(put)) {
          const most = Math.min(allowed.get(key)?.length ?? 0, wanted.get(key)?.length ?? 0);
          expect(calls.length).toBe(most);
        }
        expect(put.length).toBe(
          [...wanted].reduce(
            (sum, [key, { length }]) => sum + Math.min(length, allowed.get(key)?.length ?? 0),
            0,
          ),
        );
      },
    ),
    { numRuns: 40 },
  );
});

/** Programs are the tools of `programs`, and run in a sandbox of their own. */
const withPrograms = (sources: Record<string, string>): WithPrograms => {
  const over = (acting: ActingPorts): ToolCaller => ({
    callTool: async (call, options) => {
      if (call.server !== 'programs') return acting.tools.callTool(call, options);
      const own = acting.within(`programs.${call.tool}`, options.context?.callId ?? 0);
      const { files, state, timing } = own;
      const tools = over(own);
      const { signal } = options;
      const args = JSON.parse(call.paramsJson);
      const source = sources[call.tool] as string;
      const startTime = 1_700_000_000_000;
      const ports = { files, state, signal, tools, ...timing };
      const outcome = await sandbox.run(source, { args, seed: 's', startTime, ...ports });
      if (outcome.status !== 'returned') throw new Error(JSON.stringify(outcome));
      return { status: 'done', json: JSON.stringify(outcome.value), cached: false };
    },
  });
  return over;
};

test('programs that the planned one calls have their effects listed, and granted to them alone', async () => {
  const twice = (before = '') => `
    ${before}
    await setState('last', args.value);
    export default await callTool('s', 'put', { value: args.value });`;
  const outer = `export default await callTool('programs', 'twice', args);`;
  const programs = withPrograms({ twice: twice(), outer });
  const source = `
    const { id } = await callTool('programs', 'outer', { value: 1 });
    await callTool('s', 'put', { after: id, last: await getState('last') });`;
  const { put, ports } = openStore();
  const plan = await planRun(sandbox, source, { ...ports, programs });
  const by = ['programs.outer', 'programs.twice'];
  expect(plan).toMatchObject({
    status: 'complete',
    effects: [
      { kind: 'state', by },
      { kind: 'call', by, params: { value: 1 } },
      { kind: 'call', params: { last: 1 }, dependsOn: [{ at: '/after' }] },
    ],
  });
  expect(planText(plan)).toContain('programs.outer > programs.twice > s.put');
  expect(put).toEqual([]);
  // The program itself may not do what its skill was to do, nor a skill what it was not to.
  const own = planGrant(plan, { ...ports, programs });
  const wrong = `await callTool('s', 'put', { value: 1 });`;
  expect(await sandbox.run(wrong, own)).toMatchObject({ error: { code: 'NOT_IN_PLAN' } });
  const changed = withPrograms({ twice: twice(`try { ${wrong} } catch {}`), outer });
  const { tools, state } = planGrant(plan, { ...ports, programs: changed });
  await sandbox.run(source, { tools, state });
  expect(put).toEqual(['put {"value":1}']);
  put.length = 0;
  const grant = planGrant(plan, { ...ports, programs });
  expect((await sandbox.run(source, grant)).status).toBe('returned');
  expect(put).toEqual(['put {"value":1}', 'put {"after":"real-1","last":1}']);
});

test('what a program may have done before an interruption is not granted again', async () => {
  const programs = withPrograms({ one: `await callTool('s', 'put', { value: 1 });` });
  const source = `await callTool('programs', 'one', {}); await callTool('s', 'put', { value: 2 });`;
  const { put, ports } = openStore();
  const plan = await planRun(sandbox, source, { ...ports, programs });
  const args = ['programs', 'one', '{}'];
  const recorded = { calls: [{ id: 1, name: 'callTool', args, sent: true }], steps: [] };
  const grant = planGrant(plan, { ...ports, programs, recorded });
  const again = `
    try { await callTool('programs', 'one', {}); } catch {}
    await callTool('s', 'put', { value: 2 });`;
  await sandbox.run(again, grant);
  expect(put).toEqual(['put {"value":2}']);
});

test('a tool whose definition has changed is not called', async () => {
  const source = `await callTool('s', 'put', { value: 1 });`;
  const plan = await planRun(sandbox, source, openStore().ports);
  const { put, ports } = openStore('d2');
  const { tools } = planGrant(plan, ports);
  expect(await sandbox.run(source, { tools })).toMatchObject({
    error: { code: 'NOT_IN_PLAN', message: expect.stringContaining('has changed since') },
  });
  expect(put).toEqual([]);
});

test('the same parameters are the planned ones however their JSON is written', async () => {
  const { put, ports } = openStore();
  const plan = await planRun(sandbox, `await callTool('s', 'put', { a: 1, b: 2 });`, ports);
  const { tools } = planGrant(plan, ports);
  await sandbox.run(`await callTool('s', 'put', { b: 2, a: 1.0 });`, { tools });
  expect(put).toEqual(['put {"a":1,"b":2}']);
});

test('own members only: what objects inherit is not a parameter', async () => {
  const { put, ports } = openStore();
  const plan = await planRun(sandbox, `await callTool('s', 'put', { toString: 1 });`, ports);
  const { tools } = planGrant(plan, ports);
  const tries = ['{}', '{ valueOf: 1 }', 'JSON.parse(\'{"__proto__":{"toString":1}}\')'];
  for (const params of tries) {
    const outcome = await sandbox.run(`await callTool('s', 'put', ${params});`, { tools });
    expect(outcome).toMatchObject({ error: { code: 'NOT_IN_PLAN' } });
  }
  expect(put).toEqual([]);
});

test('a run of a plan that was interrupted has what is left, and approvals are those of the plan', async () => {
  const folder = scratchFolder();
  const runs = openScratchRuns();
  let isApproved = (_: string, __: number): boolean => false;
  const approver = storedApprover({
    store: runs.store,
    suspend: (runId) => runs.suspend(runId),
    isApproved: (runId, callId) => isApproved(runId, callId),
  });
  const tools = await openServers(folder, {
    policy: { ask: ['shop.order'], readOnly: ['shop.wait'] },
    approver,
  });
  const ports = { tools, preview: tools, files: memoryFiles(), state: memoryState() };
  const source = `
    const first = await callTool('shop', 'order', { item: 'tea' });
    if (args.waits) await callTool('shop', 'wait', {});
    const second = await callTool('shop', 'order', { item: 'box for ' + first.receipt });
    try { await callTool('shop', 'order', { item: 'tea' }); } catch (error) { return [second.number, error.code]; }
  `;
  await writeFile(path.join(folder, 'gate'), '');
  const plan = await planRun(
    sandbox,
    source.replace('try', '// try').replace('} catch', 'return 1; //'),
    ports,
  );
  expect(plan.effects).toHaveLength(2);
  const { source: _, ...program } = plan.program;
  const grantFrom = (recorded?: Parameters<typeof planGrant>[1]['recorded']) => {
    const grant = planGrant(plan, { ...ports, ...(recorded && { recorded }) });
    isApproved = grant.isApproved;
    return { tools: grant.tools, files: grant.files, state: grant.state };
  };
  const run = await runs.start(sandbox, source, {
    ...{ ...program, ...grantFrom() },
    onEvent: (event) => {
      if (event.type === 'call') runs.suspend(run.runId).catch(() => {});
    },
  });
  expect((await run.outcome).status).toBe('suspended');
  expect(await ordersIn(folder)).toEqual(['{"item":"tea"}']);
  const { recorded } = runs.store.read(run.runId);
  const resumed = await runs.resume(sandbox, run.runId, grantFrom(recorded));
  expect(returned(await resumed.outcome)).toEqual([2, 'NOT_IN_PLAN']);
  expect(await ordersIn(folder)).toEqual([
    '{"item":"tea"}',
    '{"item":"box for https://shop.example/1"}',
  ]);
  expect(runs.store.asks(run.runId)).toEqual([]);
  await eventually(() => runs.get(run.runId)?.status).toBe('returned');
});
