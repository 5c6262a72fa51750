import type { HostCall, RecordedCall, RecordedRun } from '@org/core';

/** Host functions without an answer, whose effect is on what the embedder may have made anew. */
export type Redoable = 'writeFile' | 'setState';

/** How a run makes use of what a journal has of an earlier one. */
export interface ReplayOptions {
  /** Up to where it shall be repeated: steps and answers may be left off at the end. */
  readonly run: RecordedRun;
  /**
   * Which recorded call a call is. `place`: the one of the same number, with equal name and
   * arguments. `content`: also another one with equal name and arguments, in their order; for a
   * program that was edited. Each recorded call is used once. Default `place`.
   *
   * As long as the run makes the recorded calls in their places, its steps have the recorded answers
   * and clock; so an unchanged program is the same again, to the unit of fuel.
   */
  readonly match?: 'place' | 'content';
  /** What is carried out as well where it once succeeded. Default: nothing. */
  readonly redo?: readonly Redoable[];
  /**
   * Decides on a call that was sent and has no answer in the record. `fail`, the default: it fails
   * with `CALL_UNKNOWN`, and the outcome has it as `unknown`. `send`: it is made again.
   */
  readonly onUnknown?: (call: RecordedCall) => 'send' | 'fail' | Promise<'send' | 'fail'>;
  /** Told of the first call that is not recorded. The run goes on by itself, at the latest there. */
  readonly onDivergence?: (call: HostCall) => void;
  /**
   * What the program's clock shows when the run goes on by itself, milliseconds since 1970; never
   * less than in the last recorded step. Default: as in that step.
   */
  readonly clock?: number;
  /**
   * Text from which random numbers follow when the run goes on by itself, unless a recorded step has
   * one. Default: they go on.
   */
  readonly seed?: string;
}
