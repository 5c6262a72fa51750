/** A `node:vm` context in a new worker thread: no boundary, for comparison. */
import { Worker } from 'node:worker_threads';
import type { Bounds, Subject, Tool } from '../subject.ts';

const noTool: Tool = async () => 'null';

function run(body: string, tool = noTool, { memoryBytes, wallMs }: Bounds = {}): Promise<unknown> {
  const program = `
    const tool = async (params) => JSON.parse(await $tool(JSON.stringify(params)));
    (async () => JSON.stringify(await (async () => { ${body} })()))()`;
  const source = `
    const { parentPort } = require('node:worker_threads');
    const waiting = new Map();
    let last = 0;
    const $tool = (params) => new Promise((resolve) => {
      waiting.set(++last, resolve);
      parentPort.postMessage({ id: last, params });
    });
    parentPort.on('message', ({ id, answer }) => {
      waiting.get(id)(answer);
      waiting.delete(id);
    });
    require('node:vm')
      .runInNewContext(${JSON.stringify(program)}, { $tool })
      .then((json) => parentPort.postMessage({ json }), (error) => { throw error; });`;
  const worker = new Worker(source, {
    eval: true,
    ...(memoryBytes === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: memoryBytes / 2 ** 20 } }),
  });
  const result = Promise.withResolvers<unknown>();
  const timer = setTimeout(
    () => worker.terminate().then(() => result.reject(new Error('timeout'))),
    wallMs ?? 2 ** 31 - 1,
  );
  worker.once('error', result.reject);
  worker.on('message', async (message: { id: number; params: string } | { json: string }) => {
    if ('id' in message) {
      worker.postMessage({ id: message.id, answer: await tool(message.params) });
      return;
    }
    await worker.terminate();
    result.resolve(JSON.parse(message.json));
  });
  return result.promise.finally(() => clearTimeout(timer));
}

export async function open(): Promise<Subject> {
  return { run, close: async () => {} };
}
