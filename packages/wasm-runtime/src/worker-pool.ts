import { Worker } from 'node:worker_threads';
import { SandboxError } from '@org/core';
import type { Engine } from './engine.ts';
import type { StepResult } from './instance.ts';
import type { EngineState } from './snapshot.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

/** Deep recursion in the guest is an error that it can catch, as long as this much stack is there. */
const stackSizeMb = 4;

/** A worker that belongs to one run until it is given back. */
export class WorkerLease {
  readonly #worker: Worker;
  readonly #giveBack: (worker: Worker | undefined) => void;
  readonly #whyGone: (cause: unknown) => SandboxError;
  /** Called when the worker is gone while no step is under way; a step rejects instead. */
  onGone: (error: SandboxError) => void = () => {};
  #pending: PromiseWithResolvers<WorkerReply> | undefined;
  #over = false;

  constructor(
    worker: Worker,
    giveBack: (worker: Worker | undefined) => void,
    whyGone: (cause: unknown) => SandboxError,
  ) {
    this.#worker = worker;
    this.#giveBack = giveBack;
    this.#whyGone = whyGone;
    worker.on('message', this.#onReply).on('error', this.#onFailure).on('exit', this.#onFailure);
  }

  readonly #onReply = (reply: WorkerReply): void => {
    this.#pending?.resolve(reply);
    this.#pending = undefined;
  };

  readonly #onFailure = (cause: unknown): void => {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#end(undefined);
    const error = this.#whyGone(cause);
    if (pending === undefined) this.onGone(error);
    else pending.reject(error);
  };

  /**
   * Starts, thaws or continues the guest; one request at a time.
   * @throws SandboxError `ENGINE_FAULT` when the worker dies, `ABORTED` when the pool was closed
   */
  async step(request: Extract<WorkerRequest, { message?: Uint8Array }>): Promise<StepResult> {
    const { message } = request;
    const transfer = message === undefined ? [] : [message.buffer as ArrayBuffer];
    const reply = await this.#ask(request, transfer);
    if (reply.type !== 'stepped') throw this.#whyGone(undefined);
    return reply.result;
  }

  /** The state of the guest, which rests. @throws as `step` */
  async freeze(): Promise<EngineState> {
    const reply = await this.#ask({ type: 'freeze' });
    if (reply.type !== 'frozen') throw this.#whyGone(undefined);
    return reply.state;
  }

  #ask(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<WorkerReply> {
    if (this.#over) throw this.#whyGone(undefined);
    this.#pending = Promise.withResolvers<WorkerReply>();
    this.#worker.postMessage(request, transfer);
    return this.#pending.promise;
  }

  /** Gives the worker back. One that is still in a step is killed: nothing else stops it. */
  async release(): Promise<void> {
    if (this.#over) return;
    if (this.#pending === undefined) {
      this.#worker.postMessage({ type: 'drop' } satisfies WorkerRequest);
      this.#end(this.#worker);
      return;
    }
    this.#pending.promise.catch(() => {});
    this.#end(undefined);
    await this.#worker.terminate();
  }

  #end(reusable: Worker | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#worker
      .off('message', this.#onReply)
      .off('error', this.#onFailure)
      .off('exit', this.#onFailure);
    this.#giveBack(reusable);
  }
}

/** Worker threads that share one compiled engine. Each holds one run at a time; others wait. */
export class WorkerPool implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #live = new Set<Worker>();
  readonly #waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  #leased = 0;
  #closed = false;

  /** @param size most workers, and so most runs, at one time */
  constructor(engine: Engine, size: number) {
    this.#engine = engine;
    this.#size = size;
  }

  /** Starts one worker ahead of its first use. */
  warm(): void {
    if (this.#live.size === 0) this.#idle.push(this.#spawn());
  }

  /**
   * Waits for a free worker.
   * @throws SandboxError `ABORTED` when the pool is closed, or the signal's reason
   */
  async lease(signal?: AbortSignal): Promise<WorkerLease> {
    signal?.throwIfAborted();
    if (this.#closed) throw new SandboxError('ABORTED', 'The sandbox is closed.');
    if (this.#leased < this.#size) this.#leased++;
    else await this.#turn(signal);
    // It may have been closed between the turn and here.
    if (this.#closed) throw new SandboxError('ABORTED', 'The sandbox is closed.');
    const worker = this.#idle.pop() ?? this.#spawn();
    return new WorkerLease(
      worker,
      (reusable) => this.#takeBack(worker, reusable !== undefined),
      (cause) =>
        this.#closed
          ? new SandboxError('ABORTED', 'The sandbox was closed.')
          : new SandboxError('ENGINE_FAULT', 'The worker of this run stopped unexpectedly.', {
              cause,
            }),
    );
  }

  /** Resolves when a lease that was given back passes on to this caller. */
  async #turn(signal?: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn);
    const abandon = () => {
      const index = this.#waiting.indexOf(turn);
      if (index >= 0) this.#waiting.splice(index, 1);
      turn.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
  }

  #spawn(): Worker {
    const worker = new Worker(workerFile, {
      workerData: { engine: this.#engine } satisfies WorkerStart,
      resourceLimits: { stackSizeMb },
      // Nothing of the host's environment is needed in there.
      env: {},
      execArgv: [],
    });
    // A worker that waits must not keep a program that has nothing else to do from ending.
    worker.unref();
    // An error while nobody leases the worker must not become an uncaught exception.
    worker.on('error', () => {});
    this.#live.add(worker);
    worker.once('exit', () => {
      this.#live.delete(worker);
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return worker;
  }

  #takeBack(worker: Worker, reusable: boolean): void {
    if (reusable && !this.#closed) this.#idle.push(worker);
    const next = this.#waiting.shift();
    if (next === undefined) this.#leased--;
    else next.resolve();
  }

  /** Kills all workers; runs that wait for one are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new SandboxError('ABORTED', 'The sandbox is closed.'));
    }
    await Promise.all([...this.#live].map((worker) => worker.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
