import { string } from '@oclif/core/flags';
import type { RunDocument } from '@org/runs';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';
import { findRunId, runArg } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';

export default class RunExport extends McpCommand {
  static override underWay = 'reading';

  static override summary = 'Write all that is recorded of a run as one JSON document.';

  static override description =
    `With the program, its arguments, each host call and answer, logs and the outcome. What a content filter hides was never recorded; all else that passed through the run is in it.

Exit codes: 0 written, 1 the record cannot be read, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'The answers of the last run:',
      command: "<%= config.bin %> <%= command.id %> last | jq '.run.journal.calls[].answer'",
    },
    {
      description: 'Into a file:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --output run.json',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    output: string({ char: 'o', helpValue: '<file>', summary: 'Write it into this file.' }),
  };

  async run(): Promise<RunDocument | { readonly runId: string; readonly file: string }> {
    const { args, flags } = await this.parse(RunExport);
    await using runs = await openRecordedRuns();
    const runId = findRunId(runs, args.run);
    const document = runs.export(runId);
    if (flags.output === undefined) {
      if (!this.jsonEnabled()) process.stdout.write(`${jsonText(document)}\n`);
      return document;
    }
    const { replaceFile } = await import('../../replace-file.ts');
    await replaceFile(flags.output, Buffer.from(`${jsonText(document)}\n`));
    this.log(`Wrote ${flags.output}`);
    return { runId, file: flags.output };
  }
}
