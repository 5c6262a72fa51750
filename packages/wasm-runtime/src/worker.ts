/** Body of a worker thread: holds one instance, steps it, and makes it pristine ahead of its use. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { maxPages, pageBytes } from './bounds.ts';
import { type Engine, readEngine } from './engine.ts';
import { Exchange } from './exchange.ts';
import { Instance, type StepResult } from './instance.ts';
import { packState, unpackState } from './packed-state.ts';
import type { WorkerLoaded, WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

const start = workerData as WorkerStart;
const exchange = new Exchange(start.exchange);
const port = parentPort as NonNullable<typeof parentPort>;
const warmLimits = { fuel: 1_000_000, memoryBytes: maxPages * pageBytes };
const engine = start.engine ?? load();
let instance = new Instance(engine);

function load(): Engine {
  const engine = readEngine();
  port.postMessage({ type: 'loaded', engine } satisfies WorkerLoaded);
  return engine;
}

function answer(result: StepResult): void {
  const reply: WorkerReply = exchange.put(result) ? 'stepped' : { type: 'stepped', result };
  port.postMessage(reply, reply === 'stepped' ? [] : [result.output.buffer]);
}

function freeze(): void {
  const reply: WorkerReply = { type: 'frozen', state: packState(instance.freeze()) };
  port.postMessage(reply, [reply.state.bytes.buffer]);
}

function makePristine(): void {
  // Grown memory cannot be given back to the engine, only to the system.
  if (!instance.reset()) instance = new Instance(engine);
}

function carryOut(request: WorkerRequest): void {
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
    case 'warm':
      instance.start(warmLimits);
      instance.step(request.message);
      return makePristine();
    case 'drop':
      return makePristine();
    default:
      request satisfies never;
  }
}

for (let heard = 0; ; heard = exchange.rings) {
  const message = exchange.takeMessage();
  if (message !== undefined) answer(instance.step(message));
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    carryOut(next.message);
  }
  exchange.wait(heard);
}
