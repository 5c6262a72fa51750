import { Worker } from 'node:worker_threads';
import { resolveLimits, SandboxError } from '@org/core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryState, noFiles, noSearch, noTools } from '../src/default-ports.ts';
import { createSandbox, type Engine, loadEngine } from '../src/index.ts';
import { ProgramCompiler } from '../src/program.ts';
import { LiveRun } from '../src/run.ts';
import { WorkerLease, WorkerPool } from '../src/worker-pool.ts';
import { startMessage } from './steps.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** Every worker thread that this process starts. */
const started: Worker[] = [];
const onWorker = (worker: Worker) => started.push(worker);
beforeEach(() => {
  started.length = 0;
  process.on('worker', onWorker);
});
afterEach(() => process.off('worker', onWorker));

const limits = { fuel: 50_000_000, memoryBytes: 64 * 1024 * 1024 };
const fault = { constructor: SandboxError, code: 'ENGINE_FAULT' };
const stopped = { ...fault, message: 'The worker of this run stopped unexpectedly.' };
const good = { type: 'start', limits } as const;

describe('a worker that dies', () => {
  test('in a step is a fault of the host for its run, and the pool goes on', async () => {
    await using pool = new WorkerPool(engine, 1);
    for (let repeat = 0; repeat < 3; repeat++) {
      const lease = await pool.lease();
      // No engine takes half a unit of fuel: the worker throws.
      const step = lease.step({
        ...good,
        limits: { ...limits, fuel: 0.5 },
        message: startMessage(''),
      });
      await expect(step).rejects.toMatchObject(stopped);
      await lease.release();
    }
    const lease = await pool.lease();
    const { trap } = await lease.step({ ...good, message: startMessage('$deliver(1)') });
    expect(trap).toBeUndefined();
    await lease.release();
    expect(started).toHaveLength(4);
  });

  test('while it computes ends its run, and another run goes on', async () => {
    await using sandbox = await createSandbox({ workers: 2 });
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const other = sandbox.run(
      'console.log(1); let n = 0; for (let i = 0; i < 30; i++) { await sleep(1); n++ } return n',
      { onEvent: () => resolve() },
    );
    // Now its worker is there, and the next one is for the other run.
    await begun;
    const onEvent = () => void setTimeout(() => started.at(-1)?.terminate(), 10);
    const busy = sandbox.run('console.log(1); await sleep(0); for (;;) ;', { onEvent });
    await expect(busy).rejects.toMatchObject(stopped);
    expect(await other).toMatchObject({ value: 30 });
    expect(await sandbox.run('return 1')).toMatchObject({ value: 1 });
  });

  test('while its run waits for a tool ends the run, and cancels the call', async () => {
    let cancelled = false;
    const tools = {
      callTool: (_: unknown, { signal }: { signal: AbortSignal }) => {
        setImmediate(() => started.at(-1)?.terminate());
        return new Promise<never>(() => {
          signal.addEventListener('abort', () => {
            cancelled = true;
          });
        });
      },
    };
    await using sandbox = await createSandbox({ workers: 1, tools });
    await expect(sandbox.run('await callTool("s", "t")')).rejects.toMatchObject(stopped);
    expect(cancelled).toBe(true);
    expect(await sandbox.run('return 1')).toMatchObject({ value: 1 });
  });

  test('while nobody uses it is replaced', async () => {
    await using sandbox = await createSandbox({ workers: 1 });
    await sandbox.run('return 1');
    await started[0]?.terminate();
    expect(await sandbox.run('return 2')).toMatchObject({ value: 2 });
  });

  test('just as a run begins leaves no slot behind', async () => {
    await using sandbox = await createSandbox({ workers: 1 });
    await sandbox.run('return 1');
    const dying = started[0]?.terminate();
    const outcome = await sandbox.run('return 2').catch((error: SandboxError) => error.code);
    await dying;
    if (typeof outcome === 'string') expect(outcome).toBe('ENGINE_FAULT');
    expect(await sandbox.run('return 3')).toMatchObject({ value: 3 });
  });

  test('with an error while nobody uses it does not end the process', async () => {
    await using pool = new WorkerPool(engine, 1);
    const lease = await pool.lease();
    await lease.step({ ...good, message: startMessage('$deliver(1)') });
    await lease.release();
    const gone = new Promise((resolve) => started[0]?.once('exit', resolve));
    // As a late failure of the thread itself would.
    started[0]?.postMessage({
      ...good,
      limits: { ...limits, fuel: 0.5 },
      message: startMessage(''),
    });
    await gone;
    const next = await pool.lease();
    const { trap } = await next.step({ ...good, message: startMessage('$deliver(1)') });
    expect(trap).toBeUndefined();
    await next.release();
    expect(started).toHaveLength(2);
  });
});

describe('WorkerPool', () => {
  test('starts no more workers than runs need, and reuses them', async () => {
    await using sandbox = await createSandbox({ workers: 4 });
    for (let repeat = 0; repeat < 5; repeat++) await sandbox.run('return 1');
    expect(started).toHaveLength(1);
  });

  test('serves those who wait in their order', async () => {
    await using pool = new WorkerPool(engine, 1);
    const first = await pool.lease();
    const order: number[] = [];
    const rest = [1, 2, 3].map(async (place) => {
      const lease = await pool.lease();
      order.push(place);
      await lease.release();
    });
    await first.release();
    await Promise.all(rest);
    expect(order).toEqual([1, 2, 3]);
  });

  test('lease() that is cancelled while it waits takes no place', async () => {
    await using pool = new WorkerPool(engine, 1);
    const first = await pool.lease();
    const controller = new AbortController();
    const cancelled = pool.lease(controller.signal);
    const next = pool.lease();
    controller.abort(new Error('no longer'));
    await expect(cancelled).rejects.toThrow('no longer');
    await first.release();
    await (await next).release();
  });

  test('lease() that got its turn as the pool closed is refused', async () => {
    const pool = new WorkerPool(engine, 1);
    const first = await pool.lease();
    const next = expect(pool.lease()).rejects.toMatchObject({ code: 'ABORTED' });
    void first.release();
    await pool.close();
    await next;
    expect(started).toHaveLength(1);
  });

  test('release() of a run that computes kills its worker, and twice is once', async () => {
    await using pool = new WorkerPool(engine, 1);
    const lease = await pool.lease();
    const step = lease.step({
      ...good,
      limits: { ...limits, fuel: 1e15 },
      message: startMessage('for (;;) ;'),
    });
    void step.catch(() => {});
    await lease.release();
    await lease.release();
    await (await pool.lease()).release();
  });
});

describe('an engine that answers nonsense', () => {
  const result = { logs: [], output: [], fuelUsed: 1, memoryBytes: 1 };
  test.each([
    ['frames that are cut short', { ...result, output: [1, 0, 0] }],
    ['a field beyond the end', { ...result, output: [4, 0, 0, 0, 0, 1, 255, 0, 0, 0, 1] }],
    ['log frames that are cut short', { ...result, logs: [3, 0, 0, 0, 0, 3, 4] }],
    ['a frame of an unknown kind', { ...result, output: [77, 0, 0, 0, 0, 0] }],
    ['a result that is no JSON', { ...result, output: [4, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0x7b] }],
    [
      'log fields that are no JSON',
      { ...result, logs: [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x7b] },
    ],
    ['an unknown limit', { ...result, trap: { kind: 'prelude', limit: 99 } }],
    ['something else altogether', null],
  ])('is a fault of the host: %s', async (_, reply) => {
    const worker = new Worker(
      `const { parentPort, workerData: r } = require('node:worker_threads');
       parentPort.on('message', (m) => { if (m.type === 'start') parentPort.postMessage(r && { type: 'stepped', result: { ...r, output: Uint8Array.from(r.output), logs: Uint8Array.from(r.logs) } }) })`,
      { eval: true, workerData: reply },
    );
    const lease = new WorkerLease(
      worker,
      () => {},
      () => new SandboxError('ENGINE_FAULT', 'gone'),
    );
    const ports = {
      tools: noTools,
      files: noFiles,
      search: noSearch,
      state: memoryState(),
      extensions: new Map(),
    };
    const program = await new ProgramCompiler(noFiles).compile('return 1');
    const run = new LiveRun(lease, ports, {
      origin: { type: 'program', code: program.code, args: '{}', seed: [1, 2, 3, 4] },
      program,
      runId: 'run',
      engineDigest: 'engine',
      limits: resolveLimits(),
      clock: 0,
      signal: undefined,
      onEvent: () => {},
    });
    await expect(run.outcome).rejects.toMatchObject(fault);
    await worker.terminate();
  });
});
