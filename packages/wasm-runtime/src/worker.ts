/** Body of a worker thread: holds one instance, steps it, and makes it pristine ahead of its use. */
import { parentPort, workerData } from 'node:worker_threads';
import { Instance, type StepResult } from './instance.ts';
import { packState, unpackState } from './packed-state.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

const { engine } = workerData as WorkerStart;
let instance = new Instance(engine);

function answer(result: StepResult): void {
  const reply: WorkerReply = { type: 'stepped', result };
  parentPort?.postMessage(reply, [result.output.buffer]);
}

function freeze(): void {
  const reply: WorkerReply = { type: 'frozen', state: packState(instance.freeze()) };
  parentPort?.postMessage(reply, [reply.state.bytes.buffer]);
}

parentPort?.on('message', (request: WorkerRequest) => {
  switch (request.type) {
    case 'start':
      instance.start(request.limits);
      return answer(instance.step(request.message));
    case 'thaw':
      instance.thaw(unpackState(request.state), request.limits);
      return answer(
        request.message === undefined ? instance.rest() : instance.step(request.message),
      );
    case 'step':
      return answer(instance.step(request.message));
    case 'freeze':
      return freeze();
    case 'drop':
      // Grown memory cannot be given back to the engine, only to the system.
      if (!instance.reset()) instance = new Instance(engine);
      return;
    default:
      request satisfies never;
  }
});
