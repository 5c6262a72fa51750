import type { RunStatus } from '@org/runs';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { findRunId, runArg } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';
import { settledStatus } from '../../runs/settled-status.ts';

export default class RunCancel extends McpCommand {
  static override summary = 'End a run: one that another process has, or one that waits.';

  static override description =
    `A run that is suspended or lost ends as "aborted" at once; one that runs is told, and ends within a second or two. Calls that were sent stay as they are.

Exit codes: 0 ended, 1 it had ended before, or the process that has it does not let go of it, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'End a run:', command: '<%= config.bin %> <%= command.id %> 4f1c2a' },
    { description: 'End the newest one:', command: '<%= config.bin %> <%= command.id %> last' },
  ];

  static override args = { run: runArg };

  async run(): Promise<{ readonly runId: string; readonly status: RunStatus }> {
    const { args } = await this.parse(RunCancel);
    await using runs = await openRecordedRuns();
    const runId = findRunId(runs, args.run);
    await runs.cancel(runId);
    const status = await unlessInterrupted(settledStatus(runs, runId), this.interruption());
    this.log(
      status === 'aborted' ? `Cancelled ${runId}` : `${runId} has ended by itself: ${status}`,
    );
    return { runId, status };
  }
}
