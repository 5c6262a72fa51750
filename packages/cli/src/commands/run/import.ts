import { string } from '@oclif/core/args';
import { McpCommand } from '../../mcp-command.ts';
import { shortId } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';

export default class RunImport extends McpCommand {
  static override summary = 'Keep a run that "run export" has written, here or elsewhere.';

  static override description =
    `The run can then be shown, replayed, forked and, where it is suspended, resumed. Under whose rules it ran and what was decided about its calls is not taken over: it goes on under the rules of here, and is asked about anew. A suspended run must go on in one place only: remove it where it comes from.

Replaying and going on need the engine that made it. A run of the same id is never replaced.

Exit codes: 0 kept, 1 not an export, or one that cannot go on elsewhere, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'A run of another machine, made again:',
      command: '<%= config.bin %> <%= command.id %> run.json && <%= config.bin %> run replay last',
    },
  ];

  static override args = {
    file: string({ description: 'What "run export" has written; "-" is stdin.', required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(RunImport);
    const { readBytes, readStandardInput, textOf } = await import('../../read-text.ts');
    const bytes =
      args.file === '-'
        ? await readStandardInput()
        : await readBytes(args.file, 'Name what "mcp-cli run export" has written.');
    await using runs = await openRecordedRuns();
    const { runId, status, engineDigest } = runs.import(textOf(bytes));
    this.log(
      `Kept the run ${shortId(runId)} (${status}), of the engine ${engineDigest.slice(0, 12)}.`,
    );
    return { runId, status, engineDigest };
  }
}
