import type { ToolCaller } from '@org/core';
import { afterAll, expect, test } from 'vitest';
import { createSandbox, type RunStep } from '../src/index.ts';

const sandbox = await createSandbox({ workers: 1 });
afterAll(() => sandbox.close());

const program = `export default async () => {
  const order: unknown[] = [];
  const call = async (name: string) => { order.push(await callTool('s', name, {})); };
  const all = ['a', 'b', 'c', 'd'].map(call);
  await sleep(5);
  order.push('slept', Date.now(), Math.random());
  await Promise.all(all);
  await call('last');
  return order;
};`;

/** Answers a call after `delays` of its name, in milliseconds. */
const tools = (delays: Readonly<Record<string, number>>): ToolCaller => ({
  async callTool({ tool }) {
    await new Promise((resolve) => setTimeout(resolve, delays[tool] ?? 0));
    return { status: 'done', json: JSON.stringify(tool), cached: false };
  },
});

const shared = { seed: 's', startTime: 1_700_000_000_000 };

async function recorded(delays: Readonly<Record<string, number>>) {
  const steps: RunStep[] = [];
  const onStep = (step: RunStep) => steps.push(step);
  const outcome = await sandbox.run(program, { ...shared, tools: tools(delays), onStep });
  return { outcome, steps };
}

test('steps of a run make another one the same, whenever its answers come', async () => {
  for (const delays of [{}, { a: 30, c: 20 }, { d: 40, b: 10, last: 5 }]) {
    const { outcome, steps } = await recorded(delays);
    expect(steps.flatMap(({ answers }) => answers).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    for (const other of [{}, { b: 25, a: 10 }]) {
      const again = await sandbox.run(program, { ...shared, tools: tools(other), steps });
      expect(again).toMatchObject({ status: 'returned', usage: { fuel: outcome.usage.fuel } });
      expect(again).toHaveProperty('value', outcome.status === 'returned' && outcome.value);
    }
  }
});

test('timers of a repeated run do not wait', async () => {
  const long = `await sleep(600_000); return Date.now();`;
  const steps = [{ clock: 1_700_000_600_000, answers: [1] }];
  const outcome = await sandbox.run(long, { ...shared, steps });
  expect(outcome).toMatchObject({ status: 'returned', value: 1_700_000_600_000 });
});

test('a run that makes other calls leaves the steps and still ends', async () => {
  const { steps } = await recorded({ a: 20 });
  const other = `return [await callTool('s', 'x', {}), await callTool('s', 'y', {})];`;
  const outcome = await sandbox.run(other, {
    ...shared,
    tools: tools({}),
    steps: [...steps].reverse(),
  });
  expect(outcome).toMatchObject({ status: 'returned', value: ['x', 'y'] });
});

test("a run's own tools answer its calls, and no other run's", async () => {
  const call = `return await callTool('s', 't', {});`;
  const own = sandbox.run(call, { tools: tools({ t: 20 }) });
  expect(await sandbox.run(call)).toMatchObject({
    status: 'threw',
    error: { code: 'UNKNOWN_SERVER' },
  });
  expect(await own).toMatchObject({ status: 'returned', value: 't' });
});
