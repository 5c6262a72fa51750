import { boolean, integer, string } from '@oclif/core/flags';
import { count, mostFurtherCalls } from '@org/core';
import { callFlag, DecisionCommand, type DecisionDocument } from '../../runs/decision-command.ts';
import { runArg } from '../../runs/find-run.ts';

export default class RunApprove extends DecisionCommand {
  static override summary = 'Let calls through that a run waits with.';

  static override description =
    `Shows each call with all of its arguments, and asks; nothing is sent before "run resume". A call that was sent and never answered is asked about in the same way: approved, it is sent again.

A loop asks once for each of its calls. With --next the answer holds for as many further calls of the same tool in this run, and with --varying only for those that differ in these arguments alone.

Exit codes: 0 decided, 1 the run has ended, or the record cannot be written, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'See what a run waits with, and decide:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a',
    },
    {
      description: 'This call, and the next 49 that differ only in their number:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --next 49 --varying issue_number --yes',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    call: callFlag,
    next: integer({
      helpValue: '<count>',
      min: 1,
      max: mostFurtherCalls,
      summary: `Also let as many further calls of the same tool through in this run, at most ${count(mostFurtherCalls)}.`,
    }),
    varying: string({
      helpValue: '<name>',
      multiple: true,
      delimiter: ',',
      dependsOn: ['next'],
      summary: 'Of these, only calls whose arguments are equal but for those of these names.',
    }),
    always: boolean({
      exclusive: ['next'],
      summary:
        'Let later calls of the tool through in all runs, while its definition stays as it is.',
    }),
    yes: boolean({ char: 'y', summary: 'Show the calls, and approve them without asking.' }),
  };

  async run(): Promise<DecisionDocument> {
    const { args, flags } = await this.parse(RunApprove);
    const { call, next, varying, always, yes } = flags;
    const terms = {
      ...(next === undefined ? {} : { next }),
      ...(varying === undefined ? {} : { varying }),
    };
    return this.decide(args.run, { answer: always ? 'always' : 'once', call, terms, yes });
  }
}
