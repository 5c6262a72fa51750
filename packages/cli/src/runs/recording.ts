import { boolean } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import type { Runs, RunsOptions } from '@org/runs';
import { openRunsAt, runsFile } from './open-runs.ts';

/** `--no-record`, of commands that run a program. */
export const recordFlag = boolean({
  allowNo: true,
  default: true,
  summary:
    'Record the run, so that it can be shown, resumed and repeated; MCP_CLI_RUNS=off does so for all. Default: yes.',
});

/** Errors of the record, which must not keep a program from running. */
const storeErrors: ReadonlySet<string> = new Set([
  ...['STORE_FAILED', 'STORE_DAMAGED', 'STORE_TOO_NEW', 'READ_ONLY'],
]);

export const isStoreError = (error: unknown): error is SandboxError =>
  error instanceof SandboxError && storeErrors.has(error.code);

/**
 * Where a run is recorded; undefined where it is not: nobody wants it, the user has no home, or the
 * record cannot be written, of which `warn` is told.
 */
export async function openRecording(
  wanted: boolean,
  options: Omit<RunsOptions, 'store' | 'retention'>,
  warn: (message: string) => void,
): Promise<Runs | undefined> {
  const path = wanted ? await runsFile() : undefined;
  if (path === undefined) return undefined;
  try {
    return await openRunsAt(path, options);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    warn(notRecorded(error));
    return undefined;
  }
}

export function notRecorded({ message, hint }: SandboxError): string {
  return `This run is not recorded: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}
