import type { HostCall, JsonValue, Limits } from '@org/core';
import type {
  FreezeOptions,
  LiveOptions,
  Program,
  ReplayOptions,
  RunOptions,
  RunPorts,
  Sandbox,
} from '@org/wasm-runtime';
import type { DurableRun } from './durable-run.ts';
import type { ReplayReport } from './replay-report.ts';
import type { RunDocument } from './run-document.ts';
import type { RunFilter, RunParent, RunRecord, RunSummary } from './run-record.ts';
import type { Retention, RunStore } from './run-store.ts';
import type { UnknownCalls } from './unknown-calls.ts';

export interface RunsOptions {
  readonly store: RunStore;
  /** Which runs are kept; looked at as runs end. */
  readonly retention?: Retention;
  /**
   * Whether a call may be made again where it is not known if it took effect: its tool is read-only
   * or idempotent. Such a call is not forced to the disk before it leaves. Must not throw. Default: none may.
   */
  readonly mayRetry?: (call: HostCall) => boolean;
  /** Told what the store could not do for a run that goes on without it. Must not throw. */
  readonly onProblem?: (error: unknown) => void;
}

export interface StartOptions extends Omit<RunOptions, 'journal' | 'onBegin'> {
  readonly session?: string;
  readonly principal?: string;
  /** Text of a program that is given compiled. */
  readonly source?: string;
  /** `plan`: whoever starts it withholds its writes. Default `run`. */
  readonly mode?: 'run' | 'plan';
  readonly parent?: RunParent;
  /**
   * What whoever began the run needs to go on with it, in its own terms: rules for its calls, for
   * example. Nothing of it reaches the program.
   */
  readonly context?: JsonValue;
}

/**
 * The limits that the host alone holds a run to. The others are the program's from its first step, and
 * stay as they were.
 */
export type HostLimits = Pick<Limits, 'fuel' | 'memoryBytes' | 'wallMs' | 'parallelToolCalls'>;

export interface ResumeOptions extends Omit<LiveOptions, 'journal' | 'recorded' | 'runId'> {
  /** Put over the limits that the run had. What it used before still counts. */
  readonly limits?: Partial<HostLimits>;
  /** Default `ask`. */
  readonly unknown?: UnknownCalls;
  /** Host functions that are carried out again where the journal has their answers. */
  readonly redo?: NonNullable<ReplayOptions['redo']>;
}

export interface ForkOptions extends RunPorts, Pick<LiveOptions, 'priority'> {
  /** After how many steps of the run. Default: all that are recorded. */
  readonly step?: number;
  /** Default 1. */
  readonly count?: number;
  /** Text from which the random numbers of each fork follow, with its place. Default: the run's. */
  readonly seed?: string;
  readonly limits?: Partial<HostLimits>;
  /** As in `ResumeOptions`. */
  readonly redo?: NonNullable<ReplayOptions['redo']>;
  readonly session?: string;
  readonly principal?: string;
}

/** Runs whose records are kept, so that none is lost with its process. */
export interface Runs extends AsyncDisposable {
  readonly store: RunStore;
  /**
   * As `sandbox.start`; the record is there before the program's first step.
   * @throws as `sandbox.start` and `RunStore.add`
   */
  start(sandbox: Sandbox, program: string | Program, options?: StartOptions): Promise<DurableRun>;
  /**
   * Goes on with a run that is suspended or lost: from its snapshot where there is one, else from its
   * journal. Calls that were answered are not made again. A run with questions that nobody has
   * decided stays suspended, and its outcome says so.
   * @throws SandboxError `RUN_NOT_FOUND`, `RUN_BUSY`, `RUN_NOT_RESUMABLE`, or as `sandbox.thaw`
   */
  resume(sandbox: Sandbox, runId: string, options?: ResumeOptions): Promise<DurableRun>;
  /**
   * Makes the run again from its record, without servers, files or state, and compares: the calls, and
   * where the program itself came to an end, the outcome.
   * @throws SandboxError `RUN_NOT_FOUND`, `RUN_BUSY` while it runs, `RUN_NOT_RESUMABLE`
   */
  replay(sandbox: Sandbox, runId: string): Promise<ReplayReport>;
  /**
   * Begins runs that share the past of this one up to a step. Calls that were made up to there keep
   * their recorded answers; what comes after is carried out for each fork.
   * @throws SandboxError as `replay`, `USAGE` for a step that the run does not have or a count below 1
   */
  fork(sandbox: Sandbox, runId: string, options?: ForkOptions): Promise<readonly DurableRun[]>;
  /**
   * Suspends a run when its calls are answered, or as `options` say. A run of another process is
   * asked for, and suspended within a second after that.
   * @throws SandboxError as `RunStore.request`, `ABORTED` when the run ends before
   */
  suspend(runId: string, options?: FreezeOptions): Promise<void>;
  /** As `suspend`; a run that is suspended or lost ends as `aborted`, too. */
  cancel(runId: string): Promise<void>;
  get(runId: string): RunRecord | undefined;
  /** @throws as `RunStore.list` */
  list(filter?: RunFilter): readonly RunSummary[];
  /** All of a run as one JSON document. @throws SandboxError `RUN_NOT_FOUND` */
  export(runId: string): RunDocument;
  /**
   * Keeps a run that was exported elsewhere, to be shown, replayed, forked or resumed here. It is
   * nobody's, has no rules of its own, and its questions are asked anew. `text` may be hostile.
   * @throws SandboxError `STORE_DAMAGED` for what is no such document, `USAGE` when there is a run of
   * that id, `RUN_NOT_RESUMABLE` for one that cannot go on elsewhere
   */
  import(text: string): RunRecord;
  /** @throws as `RunStore.remove` */
  remove(runId: string): void;
  /** Removes all that need not be kept. @returns how many runs */
  prune(): number;
  /** Suspends the runs under way, and closes the store. */
  [Symbol.asyncDispose](): Promise<void>;
}
