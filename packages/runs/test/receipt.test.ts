import { type CallRecord, nothingUsed, profiles, type RunOutcome } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, expect, test } from 'vitest';
import { receiptOf, receiptText } from '../src/index.ts';
import { scratchFolder } from './harness.ts';
import { openServers } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());
const limits = profiles.moderate;

test('says what was kept out, per tool what it took, and what each limit has left', async () => {
  const tools = await openServers(scratchFolder(), {
    policy: { cacheable: ['memory.read_graph'] },
  });
  const source = `
    await callTool('memory', 'create_entities', {
      entities: [{ name: 'a', entityType: 'x', observations: ['y'.repeat(8000)] }],
    });
    for (let n = 0; n < 3; n++) await callTool('memory', 'read_graph', {});
    try { await callTool('memory', 'nothing', {}); } catch {}
    console.log('done');
    export default 1;
  `;
  const outcome = await sandbox.run(source, { tools, limits });
  const receipt = receiptOf(outcome, limits);
  const { bytesFromTools } = outcome.usage;
  expect(bytesFromTools).toBeGreaterThan(32_000);
  expect(receipt).toMatchObject({
    status: 'returned',
    tokens: { returned: 9, keptOut: Math.ceil(bytesFromTools / 4) - 9 },
    bytes: { fromTools: bytesFromTools, result: 1, logs: 32 },
    cacheHits: 2,
  });
  const byTool = Object.fromEntries(receipt.tools.map((tool) => [tool.tool, tool]));
  expect(byTool).toMatchObject({
    create_entities: { calls: 1, failed: 0, cached: 0 },
    read_graph: { calls: 3, failed: 0, cached: 2 },
    nothing: { calls: 1, failed: 1, bytes: 0 },
  });
  expect(receipt.tools.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesFromTools);
  expect(receipt.limits).toEqual([
    ...[
      ['fuel', limits.fuel, outcome.usage.fuel],
      ['memory', limits.memoryBytes, outcome.usage.memoryBytes],
      ['wall', limits.wallMs, outcome.usage.wallMs],
      ['toolCalls', 1000, 5],
      ['output', limits.outputBytes, 1],
      ['logs', limits.logBytes, 32],
    ].map(([limit, allowed, used]) => ({
      ...{ limit, allowed, used },
      left: (allowed as number) - (used as number),
    })),
  ]);
});

test('the logs count as their limit counts them', async () => {
  const source =
    'console.log("x", { a: [1, "é"] }); console.warn("y".repeat(100)); export default 1;';
  const { logs } = receiptOf(await sandbox.run(source), limits).bytes;
  const enough = await sandbox.run(source, { limits: { logBytes: logs } });
  const less = await sandbox.run(source, { limits: { logBytes: logs - 1 } });
  expect([enough.status, less.status]).toEqual(['returned', 'limit']);
});

const outcome = (calls: readonly CallRecord[], usage: object): RunOutcome => ({
  ...{ status: 'returned', value: null, runId: 'r', logs: [], calls },
  usage: { ...nothingUsed, ...usage },
});

test('nothing is kept out where more is returned than came from tools', () => {
  const { tokens } = receiptOf(outcome([], { bytesReturned: 400, bytesFromTools: 40 }), limits);
  expect(tokens).toEqual({ returned: 100, keptOut: 0 });
});

test('a limit that was passed has nothing left', () => {
  const { limits: all } = receiptOf(outcome([], { wallMs: 60_010 }), limits);
  expect(all.find(({ limit }) => limit === 'wall')?.left).toBe(0);
});

test('as text, names do not act on a terminal, and the number of tools is bounded', () => {
  const call = (tool: string): CallRecord => ({
    ...{ server: 's', tool, status: 'unknown', ms: 1.5, bytes: 0, cached: false },
  });
  const calls = Array.from({ length: 50 }, (_, index) => call(`t${index}`));
  const hostile = call(`\u001B]0;title\u0007${'long'.repeat(100)}\nforged: line`);
  const text = receiptText(receiptOf(outcome([{ ...hostile, ms: 9 }, ...calls], {}), limits));
  expect(text).not.toContain('\u001B');
  expect(text).not.toContain('\nforged');
  expect(text).toContain('… and 31 more tools');
  expect(text).toContain('s.t0 × 1: 1.5 ms, 0 bytes, 1 unknown');
  expect(text.split('\n').every((line) => line.length < 200)).toBe(true);
});
