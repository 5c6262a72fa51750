import { string } from '@oclif/core/args';
import { SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { findRunId } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';

export default class RunRemove extends McpCommand {
  static override summary = 'Remove runs, with all that is recorded of them.';

  static override description =
    `A run that is suspended or lost cannot be resumed after that. One that runs is not removed: "run cancel" ends it.

Exit codes: 0 removed, 1 it runs, or the record cannot be written, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'Remove a run:', command: '<%= config.bin %> <%= command.id %> 4f1c2a' },
    {
      description: 'Remove those that waited for two weeks or less:',
      command:
        '<%= config.bin %> run list --status suspended --since 2w | cut -f1 | xargs <%= config.bin %> <%= command.id %>',
    },
  ];

  static override strict = false;
  static override args = {
    run: string({ description: 'Ids of runs, the beginnings of them, or "last".' }),
  };

  async run(): Promise<{ readonly removed: readonly string[] }> {
    const { argv } = await this.parse(RunRemove);
    if (argv.length === 0) {
      throw new SandboxError('USAGE', 'Name a run to be removed.', {
        hint: 'See mcp-cli run list.',
      });
    }
    await using runs = await openRecordedRuns();
    // All are found before the first one goes.
    const ids = [...new Set((argv as string[]).map((text) => findRunId(runs, text)))];
    for (const runId of ids) {
      runs.remove(runId);
      this.log(`Removed ${runId}`);
    }
    return { removed: ids };
  }
}
