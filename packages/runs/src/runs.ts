import type { FileSystem, HostCall, StateStore, ToolCaller, ToolSearch } from '@org/core';
import type { Program, RunOptions, Sandbox, ThawOptions } from '@org/wasm-runtime';
import type { Ask } from './ask.ts';
import type { DurableRun } from './durable-run.ts';
import type { ReplayReport } from './replay-report.ts';
import type { RunDocument } from './run-document.ts';
import type { RunFilter, RunParent, RunRecord, RunSummary } from './run-record.ts';
import type { Retention, RunStore } from './run-store.ts';

export interface RunsOptions {
  readonly store: RunStore;
  readonly retention?: Retention;
  /**
   * Whether a call may be made again where it is not known if it took effect: its tool is read-only
   * or idempotent. Such a call is not forced to the disk before it leaves. Default: none may.
   */
  readonly mayRetry?: (call: HostCall) => boolean;
}

export interface StartOptions extends RunOptions {
  readonly session?: string;
  readonly principal?: string;
  /** Text of a program that is given compiled. */
  readonly source?: string;
  readonly mode?: 'run' | 'plan';
  readonly parent?: RunParent;
}

/**
 * What becomes of calls that were sent and never answered. `ask`: the run stays suspended until each
 * is decided (`Runs.decide`). `retry`: those that `mayRetry` permits are sent again. `fail`, and the
 * rest of `retry`: the program gets a `CALL_UNKNOWN` failure.
 */
export type UnknownCalls = 'ask' | 'retry' | 'fail';

export interface ResumeOptions extends ThawOptions {
  /** Default `ask`. */
  readonly unknown?: UnknownCalls;
  /** Ports of this run in place of the sandbox's. */
  readonly tools?: ToolCaller;
  readonly files?: FileSystem;
  readonly state?: StateStore;
  readonly search?: ToolSearch;
  /** Host functions that are carried out again where their answers are recorded. Default: none. */
  readonly redo?: readonly string[];
}

export interface ForkOptions extends Omit<ThawOptions, 'seed'> {
  /** After how many steps of the run. Default: all that are recorded. */
  readonly step?: number;
  /** Default 1. */
  readonly count?: number;
  /** Text from which the random numbers of each fork follow, with its place. Default: the run's go on. */
  readonly seed?: string;
}

/** Runs whose records are kept, so that none is lost with its process. */
export interface Runs extends AsyncDisposable {
  readonly store: RunStore;
  /**
   * As `sandbox.start`; the record is there before the program's first step.
   * @throws as `sandbox.start`
   */
  start(sandbox: Sandbox, program: string | Program, options?: StartOptions): Promise<DurableRun>;
  /**
   * Goes on with a run that is suspended or lost: from its snapshot where there is one, else from its
   * journal. Calls that were answered are not made again.
   * @throws SandboxError `RUN_NOT_FOUND`, `RUN_BUSY`, `RUN_NOT_RESUMABLE`, or as `sandbox.thaw`
   */
  resume(sandbox: Sandbox, runId: string, options?: ResumeOptions): Promise<DurableRun>;
  /**
   * Makes the run again from its record, without servers, files or state, and compares.
   * @throws SandboxError `RUN_NOT_FOUND`, `RUN_BUSY` while it runs, `RUN_NOT_RESUMABLE`
   */
  replay(sandbox: Sandbox, runId: string): Promise<ReplayReport>;
  /**
   * Begins runs that share the past of this one up to a step. Calls that were made up to there keep
   * their recorded answers; what comes after is carried out for each.
   * @throws as `replay`, and `USAGE` for a step that the run does not have
   */
  fork(sandbox: Sandbox, runId: string, options?: ForkOptions): Promise<readonly DurableRun[]>;
  /** Of a run of another process too, which does it within a second. @throws as `RunStore.request` */
  suspend(runId: string): Promise<void>;
  /** As `suspend`; a run that is suspended or lost ends as `aborted`. */
  cancel(runId: string): Promise<void>;
  /** Decides on a question; the run is not resumed by that. @throws as `RunStore.decide` */
  decide(runId: string, callId: number, verdict: 'approved' | 'refused', by: string): Ask;
  get(runId: string): RunRecord | undefined;
  list(filter?: RunFilter): readonly RunSummary[];
  /** All of a run as one JSON document. @throws SandboxError `RUN_NOT_FOUND` */
  export(runId: string): RunDocument;
  remove(runId: string): void;
  /** Removes all that need not be kept. @returns how many runs */
  prune(): number;
}
