import type { Blobs, Limits, RunJournal } from '@org/core';
import type { FrozenRun } from './frozen-run.ts';
import type { PackedState } from './packed-state.ts';
import type { Program } from './program.ts';
import type { ReplayOptions } from './replay-options.ts';
import type { RunEvent } from './run-event.ts';
import type { TimedStep } from './timetable.ts';
import type { StartOptions } from './wire.ts';

/** Where a run comes from. */
export type Origin =
  | {
      readonly type: 'program';
      readonly code: string;
      /** Left out: the default export, or nothing. */
      readonly entry?: string | undefined;
      /** JSON text. */
      readonly args: string;
      readonly seed: StartOptions['seed'];
    }
  | {
      readonly type: 'snapshot';
      readonly state: PackedState;
      readonly before: FrozenRun;
      readonly blobs: Blobs;
      /** Text from which further random numbers follow. Left out: they go on. */
      readonly seed: string | undefined;
    };

export interface RunRequest {
  readonly origin: Origin;
  readonly program: Pick<Program, 'name' | 'map' | 'toPosition'>;
  readonly runId: string;
  readonly engineDigest: string;
  readonly limits: Limits;
  /** Milliseconds since 1970 that the program's clock shows when this part of the run begins. */
  readonly clock: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: RunEvent) => void;
  readonly journal: RunJournal | undefined;
  readonly recorded: ReplayOptions | undefined;
  readonly timetable: readonly TimedStep[] | undefined;
}

export interface FreezeOptions {
  /**
   * How long tool calls that are under way may take to be answered, in milliseconds. Those that
   * are not are cancelled, and `unknown` to the program; those that were not sent are made when it
   * is thawed. Default: until the run's wall limit.
   */
  readonly waitMs?: number;
  /**
   * Tool calls that were not sent are taken back at once, and made when it is thawed; only those that
   * were sent are waited for. Default: all are.
   */
  readonly takeBack?: boolean;
}
