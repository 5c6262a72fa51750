import { machine } from '../../debug/machine.ts';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';
import { findRunId, runArg } from '../../runs/find-run.ts';

export default class DebugRun extends McpCommand {
  static override summary = 'Report a run: what it did and when, without what passed through it.';

  static override description =
    `For a bug report. No program, arguments, parameters, answers, results, log lines or names of servers and tools; "run export" has all of it.

Exit codes: 0 reported, 1 the record cannot be read, 2 wrong usage or no such run, 130 interrupted.`;

  static override examples = [
    { description: 'Report the last run:', command: '<%= config.bin %> <%= command.id %> last' },
  ];

  static override args = { run: runArg };

  async run(): Promise<object> {
    const { args } = await this.parse(DebugRun);
    const { SandboxError } = await import('@org/core');
    const { openRecordedRuns } = await import('../../runs/open-runs.ts');
    const { runReport } = await import('../../debug/run-report.ts');
    await using runs = await openRecordedRuns();
    const record = runs.get(findRunId(runs, args.run));
    if (record === undefined) {
      throw new SandboxError('RUN_NOT_FOUND', 'The run is gone.', {
        hint: 'See mcp-cli run list.',
      });
    }
    const report = { ...machine(this.config.version), ...runReport(record) };
    this.log(jsonText(report));
    return report;
  }
}
