import type { RunOutcome, ToolCaller } from '@org/core';
import { describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox, type SandboxOptions } from '../src/index.ts';
import { done, startedWorkers, untilAborted } from './workbench.ts';

const started = startedWorkers();

/** Tools that answer when they are told to: `wait` counts those that wait. */
function gate() {
  const open = Promise.withResolvers<void>();
  const arrivals: { readonly count: number; resolve(): void }[] = [];
  let waiting = 0;
  const tools: ToolCaller = {
    callTool: async ({ tool, paramsJson }, { signal }) => {
      waiting++;
      for (const { count, resolve } of arrivals) if (waiting >= count) resolve();
      if (tool === 'never') return untilAborted(signal);
      await open.promise;
      return done(JSON.parse(paramsJson));
    },
  };
  /** Resolves when `count` calls have been made in all. */
  const made = (count: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (waiting >= count) resolve();
    arrivals.push({ count, resolve });
    return promise;
  };
  return { tools, made, open: () => open.resolve() };
}

const fixed = { seed: 'seed', startTime: 0 };
const asking = `
const kept = new Map([['n', args.n]]);
const { n } = await callTool('s', 'ask', { n: args.n });
return [kept.get('n') === n, n];`;

async function ask(sandbox: Sandbox, count: number): Promise<Promise<RunOutcome>[]> {
  const program = await sandbox.compile(asking);
  return Array.from({ length: count }, (_, n) => sandbox.run(program, { ...fixed, args: { n } }));
}

const sandboxWith = (options: SandboxOptions) => createSandbox({ workers: 2, ...options });

describe('runs that wait', () => {
  test('leave their workers to others, so that many are live at one time', async () => {
    const { tools, made, open } = gate();
    await using sandbox = await sandboxWith({ tools });
    const runs = await ask(sandbox, 40);
    await made(40);
    open();
    for (const [n, run] of runs.entries()) {
      expect(await run).toMatchObject({ status: 'returned', value: [true, n] });
    }
    expect(started).toHaveLength(2);
  });

  test('give the same bytes, calls and fuel, parked or not', async () => {
    const program = `
const found = [];
for (let n = 0; n < 5; n++) {
  console.log(n, Math.random());
  found.push((await callTool('s', 't', { n, id: crypto.randomUUID() })).n);
  await sleep(20);
}
return found;`;
    const tools: ToolCaller = { callTool: async (call) => done(JSON.parse(call.paramsJson)) };
    const outcomes = [];
    for (const options of [{ parkAfterMs: 1 }, {}]) {
      await using sandbox = await sandboxWith({ tools, ...options });
      const outcome = await sandbox.run(program, fixed);
      expect(outcome).toMatchObject({ status: 'returned', value: [0, 1, 2, 3, 4] });
      const { usage, runId, calls, ...rest } = outcome;
      outcomes.push({
        ...rest,
        fuel: usage.fuel,
        memoryBytes: usage.memoryBytes,
        made: calls.length,
      });
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test('can be frozen, cancelled and stopped by wall time, while they are parked', async () => {
    const { tools, made } = gate();
    await using sandbox = await sandboxWith({ tools, parkAfterMs: 1 });
    const controller = new AbortController();
    const source = `const before = [1, 2]; await sleep(1e6); return before`;
    const frozen = await sandbox.start(source);
    const never = await sandbox.compile(`await callTool('s', 'never')`);
    const cancelled = sandbox.run(never, { signal: controller.signal });
    await made(1);
    const late = sandbox.run('await sleep(1e6)', { limits: { wallMs: 400 } });
    // Others take both workers in turn until wall time has ended one of those that are parked.
    let over = false;
    const stopped = late.finally(() => {
      over = true;
    });
    while (!over) await Promise.all([1, 2, 3].map(() => sandbox.run('await sleep(5)')));
    const limit = { kind: 'wall', allowed: 400 };
    expect(await stopped).toMatchObject({ status: 'limit', limit });
    controller.abort();
    expect(await cancelled).toMatchObject({ status: 'aborted', calls: [{ status: 'unknown' }] });
    const thawed = await sandbox.thaw(await frozen.freeze());
    const again = await sandbox.thaw(await thawed.freeze());
    expect(await again.freeze()).toBeInstanceOf(Uint8Array);
  });

  test('end as aborted when the sandbox is closed', async () => {
    const { tools, made } = gate();
    const sandbox = await sandboxWith({ tools, runs: 8 });
    const runs = await ask(sandbox, 12);
    const settled = Promise.allSettled(runs);
    await made(8);
    await sandbox.close();
    const found = (await settled).map((one) =>
      one.status === 'fulfilled' ? one.value.status : one.reason.code,
    );
    expect(found.toSorted()).toEqual([...Array(4).fill('ABORTED'), ...Array(8).fill('aborted')]);
  });
});
