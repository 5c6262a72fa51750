import type { CallRecord, JsonValue, Limits, LogEntry, RecordedRun, RunOutcome } from '@org/core';
import type { Ask } from './ask.ts';

/**
 * `running`: a process has it. `suspended`: nothing has it; it goes on when it is resumed. `lost`:
 * the process that had it has died; it can be resumed. The others are how it ended.
 */
export type RunStatus =
  | 'running'
  | 'suspended'
  | 'returned'
  | 'threw'
  | 'limit'
  | 'aborted'
  | 'lost';

/** The run that another one comes from. */
export interface RunParent {
  readonly runId: string;
  /** `fork`: begins in the middle of it. `fix`: takes its answers. `plan`: carries out its effects. */
  readonly as: 'fork' | 'fix' | 'plan';
  /** Of a fork: after how many steps of the parent it begins. */
  readonly step?: number;
}

/** What a list shows of a run. */
export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  /** What the agent calls the program's file. */
  readonly name: string;
  /** `plan`: its writes were withheld. */
  readonly mode: 'run' | 'plan';
  readonly session?: string;
  /** The user or client that it was made for. */
  readonly principal?: string;
  readonly parent?: RunParent;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it was last suspended, or ended. */
  readonly endedAt?: number;
  /** Host calls that it has made, those of tools and others. */
  readonly calls: number;
  /** Questions about it that nobody has decided. */
  readonly openAsks: number;
  /** What the record takes in the store, its program and snapshot aside. */
  readonly bytes: number;
  /** The journal has passed its cap and has nothing from there on. */
  readonly incomplete: boolean;
}

/** The process that has a run, or had it last. */
export interface RunHost {
  readonly pid: number;
  readonly hostname: string;
}

export interface RunRecord extends RunSummary {
  /** The text that the agent wrote, where it is known. */
  readonly source?: string;
  /** SHA-256 of the program file, hex; left out where it could not be compiled. */
  readonly programDigest?: string;
  readonly entry?: string;
  readonly args: JsonValue;
  readonly seed: string;
  /** What the program's clock showed at its start, milliseconds since 1970. */
  readonly startTime: number;
  /** Left out where it could not be compiled. */
  readonly limits?: Limits;
  readonly engineDigest: string;
  /** As it was given at the start. */
  readonly context?: JsonValue;
  readonly host: RunHost;
  /** Of a run that is suspended or has ended. */
  readonly outcome?: RunOutcome;
  readonly journal: RecordedRun;
  /** After how many steps each call was made, by its id. */
  readonly madeAfter: ReadonlyMap<number, number>;
  /** Of the outcome; of a run without one what is known so far, as are its tool calls. */
  readonly logs: readonly LogEntry[];
  readonly toolCalls: readonly CallRecord[];
  readonly asks: readonly Ask[];
  /** Asked for and not yet done by the process that has the run. */
  readonly requested?: 'suspend' | 'cancel';
}

/** All of what is given must hold. */
export interface RunFilter {
  readonly status?: readonly RunStatus[];
  readonly session?: string;
  readonly principal?: string;
  readonly parentRunId?: string;
  /** Created at this time or later, milliseconds since 1970. */
  readonly since?: number;
  /** Only those older than this run: for the next page, the last one of the page before. */
  readonly after?: string;
  /** Most runs that are given, newest first. Default 100. */
  readonly limit?: number;
}
