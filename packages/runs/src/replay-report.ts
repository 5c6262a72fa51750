import type { HostCall, JsonValue, RunOutcome } from '@org/core';

/** The first thing in which a replay is not as the record. */
export type ReplayDifference =
  /** The program makes a call that is not recorded at its place, or makes it otherwise. */
  | { readonly at: 'call'; readonly made: HostCall; readonly recorded?: HostCall }
  /** A field of the outcome, `usage.fuel` for example. */
  | {
      readonly at: 'outcome';
      readonly field: string;
      readonly recorded: JsonValue;
      readonly replayed: JsonValue;
    };

export interface ReplayReport {
  readonly runId: string;
  readonly same: boolean;
  /** Where it is not the same. */
  readonly difference?: ReplayDifference;
  /** Steps and calls that were made again. */
  readonly steps: number;
  readonly calls: number;
  /** Of the replay; `suspended` after the last recorded step where the run did not end by itself. */
  readonly outcome: RunOutcome;
}
