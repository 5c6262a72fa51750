import { Worker } from 'node:worker_threads';
import { SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { newExchange } from '../src/exchange.ts';
import { createSandbox, Instance, loadEngine, prepareSandbox } from '../src/index.ts';
import { WorkerThread } from '../src/worker-thread.ts';
import { startedWorkers } from './workbench.ts';

const started = startedWorkers();

test('a sandbox takes the thread that was prepared, and so does the first run', async () => {
  const prepared = prepareSandbox();
  await using sandbox = await createSandbox({ prepared });
  expect(await sandbox.run('return 6 * 7')).toMatchObject({ status: 'returned', value: 42 });
  expect(started).toHaveLength(1);
  await prepared[Symbol.asyncDispose]();
  expect(await sandbox.run('return 1')).toMatchObject({ status: 'returned', value: 1 });
});

test('the second sandbox of one preparation starts its own', async () => {
  const prepared = prepareSandbox();
  await using first = await createSandbox({ prepared });
  await using second = await createSandbox({ prepared });
  expect(started).toHaveLength(2);
  for (const sandbox of [first, second]) {
    expect(await sandbox.run('return 1')).toMatchObject({ status: 'returned', value: 1 });
  }
});

test('a preparation that nobody takes ends when it is disposed of', async () => {
  const prepared = prepareSandbox();
  await prepared[Symbol.asyncDispose]();
  expect(started.map(({ threadId }) => threadId)).toEqual([-1]);
});

test('options that are wrong leave no thread behind', async () => {
  const extensions = { 'not a name': async () => 1 };
  await expect(createSandbox({ extensions })).rejects.toMatchObject({ code: 'USAGE' });
  expect(started.map(({ threadId }) => threadId)).toEqual([-1]);
});

test('a sandbox whose worker died while it was prepared has another', async () => {
  const prepared = prepareSandbox();
  await using warm = await createSandbox({ prepared });
  await started[0]?.terminate();
  expect(await warm.run('return 1')).toMatchObject({ status: 'returned', value: 1 });
  expect(started).toHaveLength(2);
});

test.each([
  ['throws', "throw new Error('no such file')"],
  ['ends', 'process.exit(1)'],
])('an engine whose thread %s before it is loaded is a fault', async (_, code) => {
  const thread = new WorkerThread(new Worker(code, { eval: true }), newExchange());
  const error = await thread.loaded.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SandboxError);
  expect(error).toMatchObject({
    code: 'ENGINE_FAULT',
    message: 'The engine could not be loaded.',
    hint: 'Build the package @org/wasm-runtime first.',
  });
  expect(thread.gone).toBe(true);
});

test('a thread that died while it was filling the pristine image holds nobody up', async () => {
  const engine = await loadEngine();
  Atomics.store(new Int32Array(engine.pristine, 0, 1), 0, 1);
  const instance = new Instance(engine);
  instance.memory.fill(1, 0, 100);
  expect(instance.reset()).toBe(true);
  expect(instance.memory).toEqual(new Instance(engine).memory);
});
