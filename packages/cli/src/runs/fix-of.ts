import { type Limits, SandboxError } from '@org/core';
import { type Fix, openFix, type Runs, type StartOptions } from '@org/runs';
import { findRunId } from './find-run.ts';

/** What an edited program takes from the record of a run that failed. */
export interface FixOf extends Omit<Fix, 'program'> {
  /** Put over what the command line says. */
  readonly over: Pick<StartOptions, 'limits'>;
}

/**
 * @param runs where the edited program is recorded too
 * @param limits of the command line, put over those of the earlier run
 * @throws SandboxError `USAGE`, or as `openFix`
 */
export function fixOf(runs: Runs | undefined, run: string, limits: Partial<Limits>): FixOf {
  if (runs === undefined) {
    throw new SandboxError(
      'USAGE',
      '--fix takes the answers of a recorded run, and nothing is recorded.',
      {
        hint: 'Leave out --no-record, and unset MCP_CLI_RUNS.',
      },
    );
  }
  const { options, report } = openFix(runs.store, findRunId(runs, run));
  const { recorded } = options;
  return {
    report,
    options: {
      ...options,
      // Files and state of the process that had the run are gone with it.
      ...(recorded && { recorded: { ...recorded, redo: ['writeFile', 'setState'] } }),
    },
    over: { limits: { ...options.limits, ...limits } },
  };
}
