import { setTimeout as delay } from 'node:timers/promises';
import { SandboxError } from '@org/core';
import type { RunStatus, Runs } from '@org/runs';

/** Far more than a process takes to see what it is asked for. */
const patienceMs = 15_000;
const lookEveryMs = 50;

/**
 * The status of a run as soon as no process has it.
 * @throws SandboxError `RUN_BUSY` when it does not let go
 */
export async function settledStatus(runs: Pick<Runs, 'get'>, runId: string): Promise<RunStatus> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const record = runs.get(runId);
    if (record === undefined) {
      throw new SandboxError('RUN_NOT_FOUND', `The run ${runId} has been removed.`);
    }
    if (record.status !== 'running') return record.status;
    if (performance.now() > until) {
      const { pid, hostname } = record.host;
      throw new SandboxError(
        'RUN_BUSY',
        `The process ${pid} on ${hostname} goes on with ${runId}.`,
        {
          hint: 'Try again, or end that process: the run is then lost, and can be cancelled.',
        },
      );
    }
    await delay(lookEveryMs);
  }
}
