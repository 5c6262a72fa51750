import { SandboxError } from '@org/core';
import type { Program, RunOptions, Sandbox } from '@org/wasm-runtime';
import type { KeptRun } from './run-store.ts';

/** What a kept run is started with again. */
export interface Restart {
  readonly program: Program;
  readonly options: Pick<RunOptions, 'name' | 'entry' | 'args' | 'seed' | 'startTime' | 'limits'>;
}

/**
 * @throws SandboxError `RUN_NOT_RESUMABLE` for a run that never began, one of another engine, or one
 * whose journal has passed its cap
 */
export function parseKept(sandbox: Sandbox, { run, incomplete }: KeptRun): Restart {
  checkEngine(sandbox, run);
  if (run.program === undefined) {
    throw notResumable(run.runId, 'its program could not be compiled', 'Mend and run it again.');
  }
  if (incomplete) {
    throw notResumable(run.runId, 'its journal has passed the cap', 'Run the program again.');
  }
  const { name, entry, args, seed, startTime, limits } = run;
  return {
    program: sandbox.openProgram(run.program),
    options: {
      name,
      args,
      seed,
      startTime,
      ...(entry !== undefined && { entry }),
      ...(limits && { limits }),
    },
  };
}

/** @throws SandboxError `RUN_NOT_RESUMABLE` */
export function checkEngine(sandbox: Sandbox, { runId, engineDigest }: KeptRun['run']): void {
  if (engineDigest === sandbox.engineDigest) return;
  throw notResumable(
    runId,
    `it belongs to the engine ${engineDigest.slice(0, 12)}…, this is ${sandbox.engineDigest.slice(0, 12)}…`,
    'Use the version that made it, or run the program again.',
  );
}

export function notResumable(runId: string, why: string, hint: string): SandboxError {
  return new SandboxError('RUN_NOT_RESUMABLE', `The run ${runId} cannot be made again: ${why}.`, {
    hint,
  });
}

export function stillRunning(runId: string): SandboxError {
  return new SandboxError('RUN_BUSY', `The run ${runId} is still running.`, {
    hint: 'Suspend it, or wait for its end.',
  });
}
