import { WorkerThread } from './worker-thread.ts';

/** What a sandbox needs first, under way: a thread that loads the engine. */
export class PreparedSandbox implements AsyncDisposable {
  #thread: WorkerThread | undefined = WorkerThread.loading();

  /** @internal The thread, for one sandbox. */
  take(): WorkerThread | undefined {
    const thread = this.#thread;
    this.#thread = undefined;
    return thread;
  }

  /** Ends the thread, unless a sandbox has taken it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.take()?.kill();
  }
}

/**
 * Starts what takes longest of `createSandbox`, ahead of it: while the engine loads in a thread of its
 * own, the caller finds out what it wants of the sandbox. Pass it as `prepared`, or dispose of it.
 */
export function prepareSandbox(): PreparedSandbox {
  return new PreparedSandbox();
}
