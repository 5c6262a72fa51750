import { type RunOutcome, SandboxError } from '@org/core';
import type { FreezeOptions, Run } from '@org/wasm-runtime';
import type { DurableRun } from './durable-run.ts';
import type { RunStore } from './run-store.ts';
import type { StoreJournal } from './store-journal.ts';

/** How often it is looked whether another process asks for something. */
const pollMs = 200;

interface LiveRun {
  readonly run: Run;
  readonly abort: AbortController;
  readonly durable: DurableRun;
}

export interface LiveRunsWatch {
  /** Called after the end of a run is kept. */
  readonly onEnded: () => void;
  /** Told what the store could not do. */
  readonly onProblem: (error: unknown) => void;
}

/** The runs that this process has, from their first step until their end is kept. */
export class LiveRuns {
  readonly #store: RunStore;
  readonly #watch: LiveRunsWatch;
  readonly #live = new Map<string, LiveRun>();
  readonly #frozen = new Map<string, Promise<Uint8Array>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: RunStore, watch: LiveRunsWatch) {
    this.#store = store;
    this.#watch = watch;
  }

  /** @param abort of the signal that cancels the run */
  add(run: Run, journal: StoreJournal, abort: AbortController): DurableRun {
    const { runId } = run;
    const outcome = run.outcome.then(
      (ended) => this.#keep(ended, journal),
      (error) => {
        // The host's fault is none of the run's.
        this.#giveUp(runId);
        throw error;
      },
    );
    // Whoever wants it awaits it; a run that nobody awaits must not end the process.
    outcome.catch(() => {});
    const durable = {
      runId,
      outcome,
      suspend: (options?: FreezeOptions) => this.suspend(runId, options),
    };
    this.#live.set(runId, { run, abort, durable });
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
    return durable;
  }

  has(runId: string): boolean {
    return this.#live.has(runId);
  }

  /** @throws SandboxError `ABORTED` when the run ends before, or has ended */
  async suspend(runId: string, options: FreezeOptions = {}): Promise<void> {
    const live = this.#live.get(runId);
    if (live === undefined) {
      throw new SandboxError('ABORTED', `The run ${runId} has ended: nothing to suspend.`);
    }
    const frozen = live.run.freeze({ takeBack: true, ...options });
    frozen.catch(() => {});
    this.#frozen.set(runId, frozen);
    await live.durable.outcome;
    await frozen;
  }

  async cancel(runId: string): Promise<void> {
    const live = this.#live.get(runId);
    live?.abort.abort();
    await live?.durable.outcome;
  }

  /** Suspends all. @param waitMs what calls that are under way get */
  async suspendAll(waitMs: number): Promise<void> {
    const all = [...this.#live.keys()].map((runId) => this.suspend(runId, { waitMs }));
    // Those that end before are kept as ended.
    await Promise.allSettled(all);
  }

  /** The outcome is given even where it cannot be kept: the journal has all that led to it. */
  async #keep(outcome: RunOutcome, journal: StoreJournal): Promise<RunOutcome> {
    const { runId } = outcome;
    try {
      const failed = outcome.status === 'aborted' && isStoreError(outcome.error.code);
      if (!failed) journal.flush();
      if (outcome.status === 'suspended') {
        const snapshot = await this.#frozen.get(runId);
        this.#store.suspend(runId, { outcome, ...(snapshot && { snapshot }) });
      } else if (failed) {
        // It goes on from what there is of it.
        this.#store.suspend(runId);
      } else {
        this.#store.end(runId, outcome);
      }
      this.#watch.onEnded();
    } catch (error) {
      // A suspended run that is not kept is gone on with from its journal, once this process ends.
      this.#watch.onProblem(error);
    } finally {
      this.#forget(runId);
    }
    return outcome;
  }

  #giveUp(runId: string): void {
    try {
      this.#store.suspend(runId);
    } catch (error) {
      this.#watch.onProblem(error);
    } finally {
      this.#forget(runId);
    }
  }

  #forget(runId: string): void {
    this.#live.delete(runId);
    this.#frozen.delete(runId);
    if (this.#live.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    for (const [runId, requested] of this.#requested()) {
      const live = this.#live.get(runId);
      if (requested === 'cancel') live?.abort.abort();
      else if (live && !this.#frozen.has(runId)) this.suspend(runId).catch(() => {});
    }
  }

  #requested(): ReadonlyMap<string, 'suspend' | 'cancel'> {
    try {
      return this.#store.requested();
    } catch (error) {
      this.#watch.onProblem(error);
      return new Map();
    }
  }
}

function isStoreError(code: string | undefined): boolean {
  return code === 'STORE_FAILED' || code === 'STORE_DAMAGED' || code === 'RUN_BUSY';
}
