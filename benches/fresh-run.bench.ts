/** What does a program cost that does next to nothing, each time in a fresh sandbox? */
import { Worker } from 'node:worker_threads';
import type { ToolCaller } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';
import { getQuickJS } from 'quickjs-emscripten';
import { expect, test } from 'vitest';
import { record } from './record.ts';

const tools: ToolCaller = {
  callTool: async () => ({ status: 'done', json: '{"answer":42}', cached: false }),
};

const trivial = 'export default 6 * 7;';
const oneCall = "export default (await callTool('server', 'tool', { question: 1 })).answer;";

/** A `node:vm` context in a new worker thread: no boundary, for comparison. */
function inVmWorker(body: string): Promise<unknown> {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const tool = () => new Promise((resolve) => {
      parentPort.once('message', resolve);
      parentPort.postMessage({ call: true });
    });
    require('node:vm')
      .runInNewContext(${JSON.stringify(`(async () => { ${body} })()`)}, { tool })
      .then((value) => parentPort.postMessage({ value }));`;
  const worker = new Worker(source, { eval: true });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message) => {
      if (message.call) worker.postMessage({ answer: 42 });
      else worker.terminate().then(() => resolve(message.value));
    });
  });
}

test('fresh sandbox and a program', { timeout: 600_000 }, async ({ bench }) => {
  await using sandbox = await createSandbox({ tools });
  const compiledTrivial = await sandbox.compile(trivial);
  const compiledCall = await sandbox.compile(oneCall);
  const quickjs = await getQuickJS();

  // A new context in one shared instance: a fresh global, not a fresh memory.
  const inQuickjs = async (withCall: boolean) => {
    using context = quickjs.newContext();
    const calls: Promise<void>[] = [];
    using tool = context.newFunction('tool', () => {
      const deferred = context.newPromise();
      calls.push(
        Promise.resolve().then(() => {
          const answer = context.newNumber(42);
          deferred.resolve(answer);
          answer.dispose();
        }),
      );
      return deferred.handle;
    });
    context.setProp(context.global, 'tool', tool);
    const code = withCall ? '(async () => await tool())()' : '(async () => 6 * 7)()';
    using promise = context.unwrapResult(context.evalCode(code));
    const settled = context.resolvePromise(promise);
    context.runtime.executePendingJobs();
    await Promise.all(calls);
    context.runtime.executePendingJobs();
    using value = context.unwrapResult(await settled);
    return context.getNumber(value);
  };
  const ours = async (program: typeof compiledTrivial) => {
    const outcome = await sandbox.run(program);
    return outcome.status === 'returned' ? outcome.value : outcome;
  };
  expect(await ours(compiledCall)).toBe(42);
  expect(await inQuickjs(true)).toBe(42);
  expect(await inVmWorker('return (await tool()).answer')).toBe(42);

  const subjects = {
    'ours: trivial': () => ours(compiledTrivial),
    'ours: one tool call': () => ours(compiledCall),
    'quickjs-emscripten: trivial': () => inQuickjs(false),
    'quickjs-emscripten: one tool call': () => inQuickjs(true),
    'node:vm worker: trivial': () => inVmWorker('return 6 * 7'),
    'node:vm worker: one tool call': () => inVmWorker('return (await tool()).answer'),
  };
  const [first, second, ...others] = Object.entries(subjects).map(([name, run]) =>
    bench(name, async () => void (await run())),
  );
  if (first === undefined || second === undefined) return;
  const results = await bench.compare(first, second, ...others, { time: 3_000 });
  record('fresh-run', results, Object.keys(subjects));
});
