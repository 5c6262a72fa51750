/** A worker that only answers: what the way of a step to a worker and back costs, without the step. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (!isMainThread) {
  parentPort?.on('message', () => {
    const [output, logs] = [new Uint8Array(100), new Uint8Array(0)];
    const result = { output, logs, fuelUsed: 1, memoryBytes: 1 };
    parentPort?.postMessage({ type: 'stepped', result }, [output.buffer, logs.buffer]);
  });
}

/** Starts it; the messages are as large as those of a small call. */
export async function echoWorker() {
  const worker = new Worker(new URL(import.meta.url));
  let arrived = () => {};
  worker.on('message', () => arrived());
  const roundTrip = () => {
    const back = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const message = new Uint8Array(100);
    worker.postMessage({ type: 'step', message }, [message.buffer]);
    return back;
  };
  await roundTrip();
  return { roundTrip, close: () => worker.terminate() };
}
