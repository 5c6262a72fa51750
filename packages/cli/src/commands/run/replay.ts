import type { ReplayReport } from '@org/runs';
import { programCache } from '../../cache-folder.ts';
import { exitCode } from '../../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { findRunId, runArg } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';

export default class RunReplay extends McpCommand {
  static override underWay = 'replaying';

  static override summary = 'Make a run again from its record, without any server, and compare.';

  static override description =
    `The program gets the recorded answers at the recorded times. With the engine that it was recorded with, the run is the same to the byte and to the unit of fuel; the first difference is shown otherwise.

Exit codes: 0 equal, 1 different, or it cannot be repeated, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'Repeat the last run:', command: '<%= config.bin %> <%= command.id %> last' },
    {
      description: 'Its outcome, made anew:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --json | jq .outcome.value',
    },
  ];

  static override args = { run: runArg };

  async run(): Promise<ReplayReport> {
    const { args } = await this.parse(RunReplay);
    await using runs = await openRecordedRuns();
    const runId = findRunId(runs, args.run);
    const { createSandbox } = await import('@org/wasm-runtime');
    await using sandbox = await createSandbox(await programCache(true));
    const report = await unlessInterrupted(runs.replay(sandbox, runId), this.interruption());
    const { replayText } = await import('../../runs/replay-text.ts');
    this.log(replayText(report));
    if (!report.same) process.exitCode = exitCode.threw;
    return report;
  }
}
