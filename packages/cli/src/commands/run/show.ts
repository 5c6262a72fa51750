import { integer, string } from '@oclif/core/flags';
import { plainText } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { findRun, runArg } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';
import { widthOf } from '../../text-width.ts';

export default class RunShow extends McpCommand {
  static override summary = 'Show a run: its calls, logs, how it ended, what to do next.';

  static override description =
    `Of each host call, how it went: "done", "cached", "failed", "refused", "unknown" (sent and never answered), "sent" (the answer may still come), "asks" (it waits for a decision), "open" (not sent). The receipt says what the run cost, and what it kept out of an agent's context; tokens are estimated as four bytes each.

--html writes one page that a browser shows without any network: the calls over time, logs, the program, the receipt. It holds what the run was given and got, so treat it like these.

Exit codes: 0 shown, 1 the record cannot be read, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'The last run:', command: '<%= config.bin %> <%= command.id %> last' },
    {
      description: 'The arguments and the answer of a call of it:',
      command: '<%= config.bin %> <%= command.id %> last --call 3',
    },
    {
      description: 'As a page:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --html run.html',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    call: integer({
      helpValue: '<number>',
      min: 1,
      exclusive: ['html'],
      summary: 'Show the arguments and the answer of this call in full.',
    }),
    html: string({ helpValue: '<file>', summary: 'Write a page into this file instead.' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(RunShow);
    await using runs = await openRecordedRuns();
    const record = findRun(runs, args.run);
    if (flags.html !== undefined) {
      const [{ pictureOf }, { runPage }, { replaceFile }] = await Promise.all([
        import('../../runs/picture-of.ts'),
        import('../../runs/page/run-page.ts'),
        import('../../replace-file.ts'),
      ]);
      await replaceFile(flags.html, Buffer.from(runPage(await pictureOf(record))));
      this.log(`Wrote ${flags.html}`);
      return { runId: record.runId, file: flags.html };
    }
    if (flags.call !== undefined) {
      const { requireCall, shownCalls } = await import('../../runs/shown-calls.ts');
      const call = requireCall(shownCalls(record), flags.call);
      const { callText } = await import('../../runs/call-text.ts');
      this.log(callText(call));
      return call;
    }
    if (this.jsonEnabled()) {
      const { runJson } = await import('../../runs/run-json.ts');
      return runJson(record);
    }
    const { runText } = await import('../../runs/run-text.ts');
    process.stdout.write(plainText(runText(record, widthOf(process.stdout))));
    return {};
  }
}
