import { SandboxError } from '@org/core';
import type { Retention, Runs, RunsOptions } from '@org/runs';
import { usersDataFile } from '../users-folder.ts';

const dayMs = 86_400_000;

/** What is kept of the runs of `execute`, without anybody's word on it. */
const retention: Retention = {
  endedMs: 30 * dayMs,
  waitingMs: 30 * dayMs,
  count: 1_000,
  bytes: 256 * 2 ** 20,
};

/**
 * Where runs are recorded: the file of `$MCP_CLI_RUNS`, or one in the user's folder for data.
 * Undefined where that says `off`, or where the user has no home.
 */
export async function runsFile(): Promise<string | undefined> {
  const named = process.env.MCP_CLI_RUNS;
  if (named !== undefined && named !== '') return named === 'off' ? undefined : named;
  return usersDataFile('runs.db');
}

/**
 * The runs of this user, those of other processes included.
 * @throws SandboxError `USAGE`: there are none, since nothing is recorded; or as opening the store does
 */
export async function openRecordedRuns(
  options: Omit<RunsOptions, 'store' | 'retention'> = {},
): Promise<Runs> {
  const path = await runsFile();
  if (path !== undefined) return openRunsAt(path, options);
  throw process.env.MCP_CLI_RUNS === 'off'
    ? new SandboxError('USAGE', 'No runs are recorded: MCP_CLI_RUNS is "off".', {
        hint: 'Unset it, or set it to a file.',
      })
    : new SandboxError('USAGE', 'No runs are recorded: this user has no home folder.', {
        hint: 'Set MCP_CLI_RUNS to a file that runs can be kept in.',
      });
}

export async function openRunsAt(
  path: string,
  options: Omit<RunsOptions, 'store' | 'retention'> = {},
): Promise<Runs> {
  const { openRuns, openRunStore } = await import('@org/runs');
  return openRuns({ store: openRunStore({ path, leaveLog: true }), retention, ...options });
}
