import { boolean, integer } from '@oclif/core/flags';
import type { Ask } from '@org/runs';
import { McpCommand } from '../../mcp-command.ts';
import { decideAsks } from '../../runs/decide-asks.ts';
import { runArg, shortId } from '../../runs/find-run.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';
import { personAt } from '../../terminal-questions.ts';

export default class RunRefuse extends McpCommand {
  static override summary = 'Refuse calls that a run waits with; the program gets a failure.';

  static override description =
    `Shows each call with all of its arguments, and asks. The program can catch the failure and go on; to end the run, use "run cancel".

Exit codes: 0 decided, 1 the run has ended, or the record cannot be written, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'Refuse what a run waits with:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a',
    },
    {
      description: 'One of its calls, without being asked:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --call 7 --yes',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    call: integer({
      helpValue: '<number>',
      min: 1,
      summary: 'Decide on this call only. Default: on all that wait.',
    }),
    yes: boolean({ char: 'y', summary: 'Show the calls, and refuse them without asking.' }),
  };

  async run(): Promise<{ readonly runId: string; readonly decided: readonly Ask[] }> {
    const { args, flags } = await this.parse(RunRefuse);
    await using runs = await openRecordedRuns();
    const { runId, decided, open } = await decideAsks(runs, args.run, {
      ...{ answer: 'no', call: flags.call, terms: {}, yes: flags.yes },
      ...{ person: personAt(process), signal: this.interruption() },
      show: (text) => process.stderr.write(`${text}\n`),
    });
    for (const { callId, decision } of decided) this.log(`Call ${callId}: ${decision?.verdict}`);
    if (open === 0) this.log(`Go on with it: mcp-cli run resume ${shortId(runId)}`);
    return { runId, decided };
  }
}
