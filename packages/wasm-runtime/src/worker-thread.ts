import { Worker } from 'node:worker_threads';
import { type Engine, notLoaded, setEngineFlags } from './engine.ts';
import { Exchange, newExchange, type SharedExchange } from './exchange.ts';
import type { StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';
import { warmUpMessage } from './warm-up.ts';
import type {
  StepRequest,
  WorkerLoaded,
  WorkerReply,
  WorkerRequest,
  WorkerStart,
} from './worker-messages.ts';

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

/** Deep recursion in the guest is an error that it can catch, as long as this much stack is there. */
const stackSizeMb = 4;

function spawn(start: WorkerStart): Worker {
  return new Worker(workerFile, {
    workerData: start,
    resourceLimits: { stackSizeMb },
    // Nothing of the host's environment is needed in there.
    env: {},
    execArgv: [],
  });
}

/** A worker died, or answered something that is not the answer to what it was asked. */
export class WorkerGoneError extends Error {
  override readonly name = 'WorkerGoneError';
}

/** One worker, asked one thing at a time. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #exchange: Exchange;
  readonly #exited: Promise<unknown>;
  readonly #loaded = Promise.withResolvers<Engine>();
  #pending: PromiseWithResolvers<WorkerReply> | undefined;
  #gone: WorkerGoneError | undefined;
  /** Called once, when the worker has died by itself. */
  onGone: (error: WorkerGoneError) => void = () => {};

  constructor(worker: Worker, shared: SharedExchange) {
    this.#worker = worker;
    this.#exchange = new Exchange(shared);
    const end = (cause: unknown) => {
      if (this.#gone !== undefined) return;
      this.#gone = new WorkerGoneError('The worker has stopped.', { cause });
      this.#pending?.reject(this.#gone);
      this.#loaded.reject(notLoaded(cause));
      this.onGone(this.#gone);
    };
    // Whoever wants it awaits it.
    this.#loaded.promise.catch(() => {});
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker
      .on('message', (reply: WorkerReply | WorkerLoaded) => {
        worker.unref();
        if (reply !== 'stepped' && reply.type === 'loaded') {
          this.#loaded.resolve(reply.engine);
          return;
        }
        this.#pending?.resolve(reply);
        this.#pending = undefined;
      })
      .on('error', end)
      .on('exit', end)
      // A worker keeps the process from ending only while it is asked something. Last, because
      // listening holds it again.
      .unref();
  }

  static withEngine(engine: Engine): WorkerThread {
    const exchange = newExchange();
    return new WorkerThread(spawn({ exchange, engine }), exchange);
  }

  /** Loads the engine, and prepares for its first guest. The process does not end before `loaded` settles. */
  static loading(): WorkerThread {
    setEngineFlags();
    const exchange = newExchange();
    const thread = new WorkerThread(spawn({ exchange }), exchange);
    thread.#worker.ref();
    thread.#post({ type: 'warm', message: warmUpMessage() });
    return thread;
  }

  /** The engine of one that loads it. Rejects with SandboxError `ENGINE_FAULT` where it could not. */
  get loaded(): Promise<Engine> {
    return this.#loaded.promise;
  }

  get gone(): boolean {
    return this.#gone !== undefined;
  }

  /** Whether it has been asked something that it has not answered. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Starts, thaws or continues the guest. @throws WorkerGoneError */
  async step(request: StepRequest): Promise<StepResult> {
    const reply = await this.#ask(request);
    if (reply === 'stepped') return this.#exchange.take();
    if (reply?.type !== 'stepped') throw new WorkerGoneError('The worker answers nonsense.');
    return reply.result;
  }

  /** The state of the guest, which rests. @throws WorkerGoneError */
  async freeze(): Promise<PackedState> {
    const reply = await this.#ask({ type: 'freeze' });
    if (reply === 'stepped' || reply?.type !== 'frozen')
      throw new WorkerGoneError('The worker answers nonsense.');
    return reply.state;
  }

  /** Makes it forget its guest. */
  drop(): void {
    this.#post({ type: 'drop' });
  }

  /** Resolves when the thread has ended: even in the middle of a step. */
  async kill(): Promise<void> {
    this.#gone ??= new WorkerGoneError('The worker was stopped.');
    this.#pending?.promise.catch(() => {});
    this.#pending?.reject(this.#gone);
    await this.#worker.terminate();
    await this.#exited;
  }

  #ask(request: WorkerRequest): Promise<WorkerReply> {
    if (this.#gone !== undefined) throw this.#gone;
    this.#pending = Promise.withResolvers<WorkerReply>();
    this.#worker.ref();
    if (request.type === 'step' && this.#exchange.fits(request.message)) {
      this.#exchange.ring(request.message);
    } else {
      this.#post(request);
    }
    return this.#pending.promise;
  }

  #post(request: WorkerRequest): void {
    const message = 'message' in request ? request.message : undefined;
    this.#worker.postMessage(request, message === undefined ? [] : [message.buffer as ArrayBuffer]);
    this.#exchange.ring();
  }
}
