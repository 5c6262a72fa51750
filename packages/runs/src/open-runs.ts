import { randomUUID } from 'node:crypto';
import type { HostCall, RunOutcome } from '@org/core';
import {
  encodeProgramFile,
  type FreezeOptions,
  type Program,
  type RunOptions,
  type Sandbox,
} from '@org/wasm-runtime';
import type { DurableRun } from './durable-run.ts';
import { forkPoint } from './fork-point.ts';
import { parseRunDocument } from './import/parse-document.ts';
import { LiveRuns } from './live-runs.ts';
import { checkEngine, parseKept, stillRunning } from './parse-kept.ts';
import { replay } from './replay.ts';
import { runDocument } from './run-document.ts';
import type { RunFilter, RunRecord } from './run-record.ts';
import type { KeptRun, Retention, RunStore } from './run-store.ts';
import type { ForkOptions, ResumeOptions, Runs, RunsOptions, StartOptions } from './runs.ts';
import { StoreJournal } from './store-journal.ts';
import { askAbout, decideUnknown, openQuestions, standOf } from './unknown-calls.ts';

/** What calls under way get when this process ends, in milliseconds. */
const closeMs = 2_000;

/** How long after nothing was to be pruned it is looked again, in milliseconds. */
const tidyMs = 1_000;

class StoredRuns implements Runs {
  readonly store: RunStore;
  readonly #retention: Retention;
  readonly #mayRetry: (call: HostCall) => boolean;
  readonly #onProblem: (error: unknown) => void;
  readonly #live: LiveRuns;
  #tidyAt = 0;

  constructor({ store, retention, mayRetry, onProblem }: RunsOptions) {
    this.store = store;
    this.#retention = retention ?? {};
    this.#mayRetry = mayRetry ?? (() => false);
    this.#onProblem = onProblem ?? (() => {});
    this.#live = new LiveRuns(store, { onEnded: () => this.#tidy(), onProblem: this.#onProblem });
  }

  start(
    sandbox: Sandbox,
    program: string | Program,
    options: StartOptions = {},
  ): Promise<DurableRun> {
    return this.#begin(sandbox, program, options);
  }

  async resume(sandbox: Sandbox, runId: string, options: ResumeOptions = {}): Promise<DurableRun> {
    const { unknown = 'ask', limits, redo, signal, onEvent, ...rest } = options;
    const before = this.store.read(runId);
    checkEngine(sandbox, before.run);
    const kept = this.store.claim(
      runId,
      limits && before.run.limits && { ...before.run.limits, ...limits },
    );
    try {
      const asks = this.store.asks(runId);
      const open = unknown === 'ask' ? openQuestions(kept, asks, this.#mayRetry) : [];
      if (open.length > 0)
        return this.#waiting(kept, askAbout(open, { ...kept, logs: before.logs }, this.store));
      const abort = new AbortController();
      const journal = this.#journal(runId, true);
      const live = {
        ...rest,
        ...(limits && { limits }),
        runId,
        journal,
        signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
        onEvent: journal.watching(onEvent),
        recorded: {
          run: kept.incomplete ? { calls: [], steps: [] } : kept.recorded,
          ...(redo && { redo }),
          onUnknown: decideUnknown(unknown, kept, asks, this.#mayRetry),
          // The program's clock has gone on meanwhile.
          clock: kept.run.startTime + Math.max(0, Date.now() - kept.createdAt),
        },
      };
      const { snapshot } = kept;
      if (snapshot !== undefined) {
        return this.#live.add(await sandbox.thaw(snapshot, live), journal, abort);
      }
      const { program, options: own } = parseKept(sandbox, kept);
      const again = { ...own, ...live, limits: { ...own.limits, ...limits } };
      return this.#live.add(await sandbox.start(program, again), journal, abort);
    } catch (error) {
      if (!this.#live.has(runId)) this.store.suspend(runId);
      throw error;
    }
  }

  replay(sandbox: Sandbox, runId: string) {
    return replay(sandbox, this.#atRest(runId));
  }

  async fork(
    sandbox: Sandbox,
    runId: string,
    options: ForkOptions = {},
  ): Promise<readonly DurableRun[]> {
    const { step, count = 1, seed, limits, redo, ...rest } = options;
    const kept = this.#atRest(runId);
    const point = forkPoint(kept, step, count);
    const { program, options: own } = parseKept(sandbox, kept);
    const { session, principal, context } = kept.run;
    const forks: Promise<DurableRun>[] = Array.from({ length: count }, (_, index) =>
      this.#begin(sandbox, program, {
        ...own,
        ...(session !== undefined && { session }),
        ...(principal !== undefined && { principal }),
        ...(context !== undefined && { context }),
        ...rest,
        limits: { ...own.limits, ...limits },
        parent: { runId, as: 'fork', step: point.steps.length },
        recorded: {
          run: point,
          ...(redo && { redo }),
          ...(seed !== undefined && { seed: `${seed}/${index}` }),
          onUnknown: (call) => (this.#mayRetry(call) ? 'send' : 'fail'),
        },
      }),
    );
    return Promise.all(forks);
  }

  async suspend(runId: string, options?: FreezeOptions): Promise<void> {
    if (this.#live.has(runId)) await this.#live.suspend(runId, options);
    else this.store.request(runId, 'suspend');
  }

  async cancel(runId: string): Promise<void> {
    if (this.#live.has(runId)) return this.#live.cancel(runId);
    const { status, logs } = this.store.read(runId);
    if (status !== 'suspended' && status !== 'lost') return this.store.request(runId, 'cancel');
    const message = 'The run was cancelled.';
    const name = 'AbortError';
    const error = { name, message, stack: `${name}: ${message}`, code: 'ABORTED' } as const;
    this.store.end(runId, {
      ...standOf({ ...this.store.claim(runId), logs }),
      status: 'aborted',
      error,
    });
  }

  get(runId: string) {
    return this.store.get(runId);
  }

  list(filter: RunFilter = {}) {
    return this.store.list(filter);
  }

  export(runId: string) {
    return runDocument(this.store, runId);
  }

  import(text: string) {
    const brought = parseRunDocument(text);
    this.store.bring(brought);
    return this.store.get(brought.run.runId) as RunRecord;
  }

  remove(runId: string): void {
    this.store.remove(runId);
  }

  prune(): number {
    for (let all = 0; ; ) {
      const { removed, more } = this.store.prune(this.#retention);
      all += removed;
      if (!more) return all;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live.suspendAll(closeMs);
    this.store[Symbol.dispose]();
  }

  async #begin(
    sandbox: Sandbox,
    program: string | Program,
    options: StartOptions,
  ): Promise<DurableRun> {
    const { session, principal, context, source, mode = 'run', parent, ...live } = options;
    const { signal, onEvent, ...rest } = live;
    const runId = options.runId ?? randomUUID();
    const seed = options.seed ?? randomUUID();
    const startTime = options.startTime ?? Date.now();
    const text = typeof program === 'string' ? program : source;
    const own = typeof program === 'string' ? 'program.ts' : program.name;
    const name = options.name ?? own;
    const kept = {
      ...{ runId, name, mode, seed, startTime, args: options.args ?? {} },
      engineDigest: sandbox.engineDigest,
      ...(text !== undefined && { source: text }),
      ...(options.entry !== undefined && { entry: options.entry }),
      ...(session !== undefined && { session }),
      ...(principal !== undefined && { principal }),
      ...(parent && { parent }),
      ...(context !== undefined && { context }),
    };
    const abort = new AbortController();
    const journal = this.#journal(runId, false);
    let begun = false;
    const start = () =>
      sandbox.start(program, {
        ...rest,
        ...{ runId, seed, startTime, journal },
        signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
        onEvent: journal.watching(onEvent),
        onBegin: (compiled, limits) => {
          const file = encodeProgramFile(compiled, sandbox.engineDigest);
          this.store.add({ ...kept, limits, program: file });
          begun = true;
        },
      } satisfies RunOptions);
    const run = await start().catch((error) => {
      if (begun) {
        this.store.suspend(runId);
        this.store.remove(runId);
      }
      throw error;
    });
    if (!begun) this.store.add(kept);
    return this.#live.add(run, journal, abort);
  }

  #journal(runId: string, resumed: boolean): StoreJournal {
    return new StoreJournal({ store: this.store, runId, mayRetry: this.#mayRetry, resumed });
  }

  /** A run that waits for decisions, given up again. */
  #waiting(kept: KeptRun, outcome: RunOutcome): DurableRun {
    const { runId } = kept.run;
    this.store.suspend(runId, { outcome });
    return { runId, outcome: Promise.resolve(outcome), suspend: async () => {} };
  }

  /** @throws SandboxError `RUN_NOT_FOUND`, or `RUN_BUSY` while it runs */
  #atRest(runId: string): KeptRun {
    const kept = this.store.read(runId);
    if (kept.status === 'running') throw stillRunning(runId);
    return kept;
  }

  /** A piece at a time. */
  #tidy(): void {
    const now = Date.now();
    if (now < this.#tidyAt) return;
    try {
      const { more } = this.store.prune(this.#retention);
      this.#tidyAt = more ? now : now + tidyMs;
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

/** Runs that are kept in `store`, which they close. */
export function openRuns(options: RunsOptions): Runs {
  return new StoredRuns(options);
}
