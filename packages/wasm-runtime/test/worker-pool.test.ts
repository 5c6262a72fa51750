import { Worker } from 'node:worker_threads';
import { resolveLimits, SandboxError } from '@org/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { memoryState, noFiles, noSearch, noTools } from '../src/default-ports.ts';
import { newExchange } from '../src/exchange.ts';
import { Guest } from '../src/guest.ts';
import { createSandbox, type Engine, loadEngine } from '../src/index.ts';
import { LiveRun } from '../src/run.ts';
import { outbound } from '../src/wire.ts';
import { WorkerPool } from '../src/worker-pool.ts';
import { WorkerThread } from '../src/worker-thread.ts';
import { answerMessage, frames, startMessage } from './steps.ts';
import { startedWorkers } from './workbench.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const started = startedWorkers();

const limits = { fuel: 50_000_000, memoryBytes: 64 * 1024 * 1024 };
const fault = { constructor: SandboxError, code: 'ENGINE_FAULT' };
const message = 'The worker of this run stopped unexpectedly.';
const stopped = { ...fault, message };
const lost = { status: 'aborted', error: { name: 'EngineError', code: 'ENGINE_FAULT', message } };
const good = { type: 'start', limits } as const;
const newPool = () => new WorkerPool(engine, { workers: 1, guests: 9, parkAfterMs: 1_000 });

test('guests that wait for a worker are counted until they have it', async () => {
  await using pool = newPool();
  const first = await pool.enter();
  const second = pool.enter();
  expect(pool.queued).toBe(1);
  first.release();
  const guest = await second;
  expect(pool.queued).toBe(0);
  guest.release();
});

describe('a worker that dies', () => {
  test('in a step is a fault of the host for its run, and the pool goes on', async () => {
    await using pool = newPool();
    for (let repeat = 0; repeat < 3; repeat++) {
      const guest = await pool.enter();
      // No engine takes half a unit of fuel: the worker throws.
      const step = guest.step({
        ...good,
        limits: { ...limits, fuel: 0.5 },
        message: startMessage(''),
      });
      await expect(step).rejects.toMatchObject(stopped);
      guest.release();
    }
    const guest = await pool.enter();
    const { trap } = await guest.step({ ...good, message: startMessage('$deliver(1)') });
    expect(trap).toBeUndefined();
    guest.release();
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
    expect(await busy).toMatchObject({ ...lost, logs: [{ message: '1' }] });
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
    expect(await sandbox.run('await callTool("s", "t")')).toMatchObject({
      ...lost,
      calls: [{ server: 's', tool: 't', status: 'unknown' }],
    });
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
    const outcome = await sandbox.run('return 2');
    await dying;
    if (outcome.status !== 'returned') expect(outcome).toMatchObject(lost);
    expect(await sandbox.run('return 3')).toMatchObject({ value: 3 });
  });

  test('with an error while nobody uses it does not end the process', async () => {
    await using pool = newPool();
    const guest = await pool.enter();
    await guest.step({ ...good, message: startMessage('$deliver(1)') });
    const gone = new Promise((resolve) => started[0]?.once('exit', resolve));
    // As a late failure of the thread itself would. The worker reads it when it is told to let go of
    // its guest, which is when nobody uses it any more.
    started[0]?.postMessage({
      ...good,
      limits: { ...limits, fuel: 0.5 },
      message: startMessage(''),
    });
    guest.release();
    await gone;
    const next = await pool.enter();
    const { trap } = await next.step({ ...good, message: startMessage('$deliver(1)') });
    expect(trap).toBeUndefined();
    next.release();
    expect(started).toHaveLength(2);
  });
});

/** A guest that has made one step, and waits for the answer to call 1. */
async function waiting(pool: WorkerPool, value = 1) {
  const guest = await pool.enter();
  const message = startMessage(`const kept = ${value}; await sleep(1); $deliver(kept)`);
  await guest.step({ ...good, message });
  guest.rest();
  return guest;
}

async function finish(guest: Guest): Promise<unknown> {
  const { output } = await guest.step({ type: 'step', message: answerMessage(1, '') });
  guest.release();
  return JSON.parse(frames(output)[0]?.fields[0] ?? '');
}

const spin = () => {
  const message = startMessage('for (;;) ;');
  return { ...good, limits: { ...limits, fuel: 1e15 }, message };
};

describe('WorkerPool', () => {
  test('starts no more workers than runs need and one to take turns with, and reuses them', async () => {
    await using sandbox = await createSandbox({ workers: 4 });
    const program = await sandbox.compile('return 1');
    for (let repeat = 0; repeat < 20; repeat++) await sandbox.run(program);
    expect(started.length).toBeLessThanOrEqual(2);
  });

  test('gives out the worker that has been idle longest', async () => {
    await using pool = new WorkerPool(engine, { workers: 2, guests: 9, parkAfterMs: 1_000 });
    const [first, second] = [await pool.enter(), await pool.enter()];
    const threadOf = ({ place }: Guest) => (place.at === 'worker' ? place.thread : undefined);
    const used = [threadOf(first), threadOf(second)];
    first.release();
    second.release();
    expect([threadOf(await pool.enter()), threadOf(await pool.enter())]).toEqual(used);
  });

  test('lets more guests wait than it has workers', async () => {
    await using pool = newPool();
    const guests = [];
    for (let value = 0; value < 5; value++) guests.push(await waiting(pool, value));
    expect(started).toHaveLength(1);
    expect(await Promise.all(guests.map(finish))).toEqual([0, 1, 2, 3, 4]);
  });

  test('parks a guest only where another wants its worker', async () => {
    await using pool = newPool();
    const guest = await waiting(pool);
    expect(guest.place.at).toBe('worker');
    const other = await pool.enter();
    expect(guest.place.at).toBe('parked');
    other.release();
    expect(await finish(guest)).toBe(1);
  });

  test('parks a guest that has waited long, and thaws it for its next step', async () => {
    await using pool = new WorkerPool(engine, { workers: 1, guests: 1, parkAfterMs: 1 });
    const guest = await waiting(pool);
    await expect.poll(() => guest.place.at).toBe('parked');
    expect(await finish(guest)).toBe(1);
  });

  test('goes on with a parked guest when the worker that it was in has died', async () => {
    await using pool = new WorkerPool(engine, { workers: 1, guests: 1, parkAfterMs: 1 });
    const guest = await waiting(pool);
    await expect.poll(() => guest.place.at).toBe('parked');
    await started[0]?.terminate();
    expect(await finish(guest)).toBe(1);
    expect(started).toHaveLength(2);
  });

  test('lets a guest that only waits for moments keep its worker no longer than a turn', async () => {
    await using pool = newPool();
    const guest = await pool.enter();
    const message = startMessage('for (;;) await sleep(1)');
    await guest.step({ ...good, message });
    let entered = false;
    const other = pool.enter().then((got) => {
      entered = true;
      return got;
    });
    for (let id = 1; !entered; id++) {
      guest.rest();
      // As an answer that comes at once.
      await new Promise(setImmediate);
      const step = guest.step({ type: 'step', message: answerMessage(id, '') });
      await Promise.race([step, other]);
      if (!entered) await step;
      else {
        (await other).release();
        await step;
      }
    }
    guest.release();
  });

  test('lets only so many begin, whatever else is free', async () => {
    await using pool = new WorkerPool(engine, { workers: 3, guests: 2, parkAfterMs: 1 });
    const [first, second] = [await waiting(pool), await waiting(pool)];
    let begun = false;
    const third = pool.enter().then((guest) => {
      begun = true;
      return guest;
    });
    expect(await finish(first)).toBe(1);
    (await third).release();
    begun = false;
    const more = [await pool.enter(), pool.enter().then(() => (begun = true))];
    for (let repeat = 0; repeat < 3; repeat++)
      await expect.poll(() => second.place.at).toBe('parked');
    expect(begun).toBe(false);
    expect(await finish(second)).toBe(1);
    await more[1];
  });

  test('serves those who wait by priority, then in their order', async () => {
    await using pool = newPool();
    const first = await pool.enter();
    const order: string[] = [];
    const rest = (['low', 'normal', 'high', 'normal'] as const).map(async (priority, place) => {
      const guest = await pool.enter({ priority });
      order.push(`${priority} ${place}`);
      guest.release();
    });
    first.release();
    await Promise.all(rest);
    expect(order).toEqual(['high 2', 'normal 1', 'normal 3', 'low 0']);
  });

  test('enter() that is cancelled while it waits takes no place', async () => {
    await using pool = newPool();
    const first = await pool.enter();
    const controller = new AbortController();
    const cancelled = pool.enter({ signal: controller.signal });
    const next = pool.enter();
    controller.abort(new Error('no longer'));
    await expect(cancelled).rejects.toThrow('no longer');
    first.release();
    (await next).release();
  });

  test('enter() that got its turn as the pool closed is refused', async () => {
    const pool = newPool();
    const first = await pool.enter();
    const next = expect(pool.enter()).rejects.toMatchObject({ code: 'ABORTED' });
    first.release();
    await pool.close();
    await next;
    expect(started).toHaveLength(1);
  });

  test('release() of a guest that computes kills its worker and no other, and twice is once', async () => {
    await using pool = new WorkerPool(engine, { workers: 2, guests: 9, parkAfterMs: 1_000 });
    const kept = await waiting(pool);
    const guest = await pool.enter();
    const step = expect(guest.step(spin())).rejects.toMatchObject({ code: 'ENGINE_FAULT' });
    await new Promise(setImmediate);
    guest.release();
    guest.release();
    await step;
    expect(await finish(kept)).toBe(1);
    (await pool.enter()).release();
    expect(started).toHaveLength(2);
  });

  test('release() of a guest that is parked, or on its way out, leaves its worker to the next', async () => {
    await using pool = newPool();
    const [first, second] = [await waiting(pool), await waiting(pool)];
    expect(first.place.at).toBe('parked');
    const third = pool.enter();
    await expect.poll(() => second.place.at).not.toBe('worker');
    first.release();
    second.release();
    (await third).release();
    expect(started).toHaveLength(1);
    await expect(first.step(spin())).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('release() before a step has begun gives back an unharmed worker', async () => {
    await using pool = newPool();
    const guest = await pool.enter();
    const step = expect(guest.step(spin())).rejects.toMatchObject({ code: 'ABORTED' });
    guest.release();
    await step;
    expect(await finish(await waiting(pool))).toBe(1);
    expect(started).toHaveLength(1);
  });

  test('freeze() gives the same state in a worker, on the way out, and parked', async () => {
    await using pool = newPool();
    const guest = await waiting(pool);
    const before = await guest.freeze();
    guest.rest();
    const other = pool.enter();
    await expect.poll(() => guest.place.at).not.toBe('worker');
    expect(await guest.freeze()).toEqual(before);
    expect(guest.place.at).toBe('parked');
    expect(await guest.freeze()).toEqual(before);
    (await other).release();
    expect(await finish(guest)).toBe(1);
  });
});

describe('an engine that answers nonsense', () => {
  const result = { output: [], fuelUsed: 1, memoryBytes: 1 };
  /** A frame with these fields' lengths and this text. */
  const frame = (kind: number, lengths: number[], text: string, size = text.length) => ({
    ...result,
    output: [
      ...[kind, lengths.length, 0, 0],
      ...[0, size, ...lengths].flatMap((value) => [
        ...new Uint8Array(Uint32Array.of(value).buffer),
      ]),
      ...Buffer.from(text),
    ],
  });
  test.each([
    ['frames that are cut short', { ...result, output: [1, 0, 0] }],
    ['a text beyond the end', frame(outbound.returned, [1], '1', 255)],
    ['fields beyond their text', frame(outbound.log, [4, 4, 0], 'info')],
    ['a frame of an unknown kind', frame(77, [], '')],
    ['a result that is no JSON', frame(outbound.returned, [1], '{')],
    ['log fields that are no JSON', frame(outbound.log, [0, 0, 1], '{')],
    ['an unknown limit', { ...result, trap: { kind: 'prelude', limit: 99 } }],
  ])('is a fault of the host: %s', async (_, reply) => {
    const worker = new Worker(
      `const { parentPort, workerData: r } = require('node:worker_threads');
       parentPort.on('message', (m) => { if (m.type === 'start') parentPort.postMessage(r && { type: 'stepped', result: { ...r, output: Uint8Array.from(r.output) } }) })`,
      { eval: true, workerData: reply },
    );
    const thread = new WorkerThread(worker, newExchange());
    const host = {
      step: (_: Guest, request: Parameters<Guest['step']>[0]) => thread.step(request),
      rest: () => {},
      freeze: () => thread.freeze(),
      release: () => void thread.kill(),
    };
    const ports = {
      tools: noTools,
      files: noFiles,
      search: noSearch,
      state: memoryState(),
      extensions: new Map(),
    };
    const run = new LiveRun(new Guest(host, 'normal'), ports, {
      origin: { type: 'program', code: '', args: '{}', seed: [1, 2, 3, 4] },
      program: { name: 'program.ts', map: '', toPosition: () => undefined },
      runId: 'run',
      engineDigest: 'engine',
      limits: resolveLimits(),
      clock: 0,
      signal: undefined,
      onEvent: () => {},
      journal: undefined,
      recorded: undefined,
      timetable: undefined,
    });
    await expect(run.outcome).rejects.toMatchObject(fault);
    await worker.terminate();
  });
});
