import type {
  AnsweredCall,
  HostCall,
  JsonValue,
  Limits,
  LogEntry,
  RecordedRun,
  RunOutcome,
  RunStep,
} from '@org/core';
import type { Ask, AskDecision, NewAsk } from './ask.ts';
import type { RunFilter, RunParent, RunRecord, RunStatus, RunSummary } from './run-record.ts';

/** What a journal was told, one at a time. */
export type JournalEntry =
  | { readonly type: 'called'; readonly call: HostCall }
  | { readonly type: 'sent'; readonly id: number }
  | { readonly type: 'answered'; readonly answered: AnsweredCall }
  | { readonly type: 'stepped'; readonly step: RunStep }
  | { readonly type: 'log'; readonly log: LogEntry };

/** What a run is made of, before it makes its first step. */
export interface NewRun {
  readonly runId: string;
  readonly name: string;
  readonly mode: 'run' | 'plan';
  /** A program file (`openProgram` reads it); left out where it could not be compiled. */
  readonly program?: Uint8Array;
  readonly source?: string;
  readonly entry?: string;
  readonly args: JsonValue;
  readonly seed: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly limits?: Limits;
  readonly engineDigest: string;
  readonly session?: string;
  readonly principal?: string;
  readonly parent?: RunParent;
  /**
   * What whoever began the run needs to go on with it, in its own terms: rules for its calls, for
   * example. Nothing of it reaches the program.
   */
  readonly context?: JsonValue;
}

/** Where a run stands that is suspended. */
export interface SuspendedRun {
  /** What freezing the run gave; left out where it goes on from its journal. */
  readonly snapshot?: Uint8Array;
  readonly outcome: RunOutcome;
}

/** A run and all that it can be made of again. */
export interface KeptRun {
  readonly run: Omit<NewRun, 'source'>;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly recorded: RecordedRun;
  /** Lines that were logged so far; those of a claimed run, up to where it goes on. */
  readonly logs: readonly LogEntry[];
  /** How often each call was sent, by its id. */
  readonly sendings: ReadonlyMap<number, number>;
  /** After how many steps each call was made, by its id. */
  readonly madeAfter: ReadonlyMap<number, number>;
  /** What the freezing of the run gave when it was last suspended, if ever. */
  readonly snapshot?: Uint8Array;
  readonly outcome?: RunOutcome;
  /** Its journal has passed the cap. */
  readonly incomplete: boolean;
}

/** A run that was made elsewhere, as it was when it was written down. */
export interface BroughtRun {
  readonly run: NewRun;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly status: Exclude<RunStatus, 'running' | 'lost'>;
  /** Left out: it is suspended, and nothing is known of where it stands. */
  readonly outcome?: RunOutcome;
  readonly incomplete: boolean;
  readonly entries: readonly JournalEntry[];
}

/** Which runs are kept. What is left out does not count; runs under way are never removed. */
export interface Retention {
  /** Of runs that have ended, milliseconds. Default 30 days. */
  readonly endedMs?: number;
  /** Of runs that are suspended or lost, milliseconds. Default: kept until somebody removes them. */
  readonly waitingMs?: number;
  /** Most runs that have ended; the oldest go first. Default 10,000. */
  readonly count?: number;
  /** Most bytes of all runs together; the oldest that have ended go first. Default 1 GiB. */
  readonly bytes?: number;
}

/**
 * Port to where runs are kept. Several processes use one store at once, each through a `RunStore` of
 * its own, which is the owner of the runs that it has added or claimed until they are suspended or
 * end. A method returns when what it was told is kept, even if this process dies at once. What
 * belongs to another owner is refused with `RUN_BUSY`.
 */
export interface RunStore extends Disposable {
  /** @throws SandboxError `USAGE` when there is a run of that id */
  add(run: NewRun): void;

  /**
   * Keeps a run of another store, all of it or nothing. It belongs to nobody.
   * @throws SandboxError `USAGE` when there is a run of that id, or its journal is over the cap
   */
  bring(run: BroughtRun): void;

  /**
   * Takes over a run that is suspended or lost; of several processes that try, one succeeds.
   * @throws SandboxError `RUN_NOT_FOUND`, `RUN_BUSY` when it is running, or `RUN_NOT_RESUMABLE` when
   * it has ended, or what there is of it does not suffice
   * @param limits under which it goes on; left out: as before
   */
  claim(runId: string, limits?: Limits): KeptRun;

  /**
   * @param survives whether the entries have to be there after a power failure too
   * @throws SandboxError `RUN_BUSY` when the run is not this owner's any more
   */
  append(runId: string, entries: readonly JournalEntry[], survives: boolean): void;

  /**
   * Keeps where the run stands, and gives it up. Throws as `append`.
   * @param stand left out: as when it was claimed
   */
  suspend(runId: string, stand?: SuspendedRun): void;

  /** Keeps how the run ended, and gives it up. Throws as `append`. */
  end(runId: string, outcome: RunOutcome): void;

  /** Asks whoever has the run. @throws SandboxError `RUN_NOT_FOUND`, or `RUN_BUSY` if it does not run */
  request(runId: string, what: 'suspend' | 'cancel'): void;
  /** What was asked of this owner's runs. Cheap: it is called several times a second. */
  requested(): ReadonlyMap<string, 'suspend' | 'cancel'>;

  /**
   * Keeps a question, or gives the one about this call that nobody has decided.
   * @throws SandboxError `RUN_NOT_FOUND`
   */
  ask(ask: NewAsk): Ask;
  /**
   * Decides the last question about a call.
   * @throws SandboxError `RUN_NOT_FOUND` without such a question, `USAGE` when it was decided otherwise
   */
  decide(runId: string, callId: number, decision: AskDecision): Ask;
  /** Those of one run, or those of all runs that nobody has decided; oldest first. */
  asks(runId?: string): readonly Ask[];

  get(runId: string): RunRecord | undefined;
  list(filter: RunFilter): readonly RunSummary[];
  /** What `claim` gives, without taking the run over. @throws SandboxError `RUN_NOT_FOUND` */
  read(runId: string): KeptRun;
  /** @throws SandboxError `RUN_NOT_FOUND`, or `RUN_BUSY` while it runs */
  remove(runId: string): void;
  /**
   * Removes what need not be kept, a bounded piece at a time.
   * @returns runs that were removed, and whether there is more to remove
   */
  prune(retention: Retention): { readonly removed: number; readonly more: boolean };
}
