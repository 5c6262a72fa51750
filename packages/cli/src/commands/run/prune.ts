import { counted } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';

export default class RunPrune extends McpCommand {
  static override summary = 'Remove the runs that need not be kept any longer.';

  static override description =
    `Runs are kept for 30 days; of those that have ended, the newest 1,000 and 256 MiB in all. Runs under way stay. "mcp-cli execute" does this now and then by itself.

Exit codes: 0 done, 1 the record cannot be written, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'Do it now:', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Count them:', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  async run(): Promise<{ readonly removed: number }> {
    await this.parse(RunPrune);
    await using runs = await openRecordedRuns();
    const removed = runs.prune();
    this.log(`Removed ${counted(removed, 'run')}.`);
    return { removed };
  }
}
