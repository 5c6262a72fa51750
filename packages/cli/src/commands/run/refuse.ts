import { boolean } from '@oclif/core/flags';
import { callFlag, DecisionCommand, type DecisionDocument } from '../../runs/decision-command.ts';
import { runArg } from '../../runs/find-run.ts';

export default class RunRefuse extends DecisionCommand {
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
    call: callFlag,
    yes: boolean({ char: 'y', summary: 'Show the calls, and refuse them without asking.' }),
  };

  async run(): Promise<DecisionDocument> {
    const { args, flags } = await this.parse(RunRefuse);
    const { call, yes } = flags;
    return this.decide(args.run, { answer: 'no', call, terms: {}, yes });
  }
}
