import type { RunOutcome } from '@org/core';
import type { DurableRun, Runs, StartOptions } from '@org/runs';
import type { Program, Sandbox } from '@org/wasm-runtime';
import { isStoreError, notRecorded } from './recording.ts';

export interface Recorder {
  readonly sandbox: Sandbox;
  /** Left out: the run is not recorded. */
  readonly runs: Runs | undefined;
  readonly warn: (message: string) => void;
  /** Told of the run before it makes its first call. */
  readonly onStart: (run: DurableRun) => void;
}

/**
 * Runs a program to its end, or until it is suspended. A record that cannot be written is no reason
 * not to run it, unless it is lost in the middle of the run.
 * @throws as `sandbox.run`
 */
export async function runRecorded(
  { sandbox, runs, warn, onStart }: Recorder,
  program: string | Program,
  options: StartOptions,
): Promise<RunOutcome> {
  if (runs !== undefined) {
    const run = await started(runs.start(sandbox, program, options), warn);
    if (run !== undefined) {
      onStart(run);
      return run.outcome;
    }
  }
  return sandbox.run(program, options);
}

async function started(
  starting: Promise<DurableRun>,
  warn: (message: string) => void,
): Promise<DurableRun | undefined> {
  try {
    return await starting;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    warn(notRecorded(error));
    return undefined;
  }
}
