/** Body of a worker thread: holds one instance and steps it. */
import { parentPort, workerData } from 'node:worker_threads';
import { Instance } from './instance.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

const { engine } = workerData as WorkerStart;
let instance: Instance | undefined;

parentPort?.on('message', (request: WorkerRequest) => {
  if (request.type === 'drop') {
    instance = undefined;
    return;
  }
  if (request.type === 'start') instance = new Instance(engine, request.limits);
  if (instance === undefined) return;
  const reply: WorkerReply = instance.step(request.message);
  parentPort?.postMessage(reply, [reply.output.buffer, reply.logs.buffer]);
});
