import { integer, option, string } from '@oclif/core/flags';
import { type RunOutcome, SandboxError } from '@org/core';
import type { RunRecord } from '@org/runs';
import { exitCodeOfOutcome } from '../../exit-code.ts';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';
import { runArg, shortId } from '../../runs/find-run.ts';
import { askings, limitFlags, limitsOf, liveFlags } from '../../runs/live-flags.ts';

export default class RunFork extends McpCommand {
  static override underWay = 'forking';

  static override summary = 'Begin new runs from a point of a recorded one.';

  static override description =
    `A step is what the program does between two answers: of each call, "run show --json" has after how many steps it was made ("madeAfter"). Up to the step the program gets the recorded answers, and nothing is called; from there each new run goes on by itself, with calls of its own.

The results go to stdout as one JSON list. Each new run is recorded. Exit code: that of the first one that did not return.

Exit codes: 0 returned, 1 one threw, 2 wrong usage, 3 a limit was reached, 4 refused by the policy, 5 a server could not be reached, 6 one waits for a decision, 130 interrupted.`;

  static override examples = [
    {
      description: 'Do again what came after its tenth step:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --step 10',
    },
    {
      description: 'Three times, each with random numbers of its own:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --step 10 --count 3 --seed try',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    step: integer({
      helpValue: '<number>',
      min: 0,
      summary:
        'After how many steps of the run; 0: from its beginning. Default: after all of them.',
    }),
    count: integer({
      helpValue: '<number>',
      min: 1,
      max: 16,
      default: 1,
      summary: 'How many runs.',
    }),
    seed: string({
      helpValue: '<text>',
      summary: 'Give each run random numbers of its own. Default: those of the recorded run go on.',
    }),
    ...limitFlags,
    ...liveFlags,
    'on-ask': option({
      options: askings,
      default: 'refuse' as const,
      summary: 'What becomes of a call that needs an approval, as of "execute".',
    })(),
  };

  async run(): Promise<{ readonly runs: readonly RunOutcome[] }> {
    const { args, flags } = await this.parse(RunFork);
    const { step, count, seed } = flags;
    const limits = limitsOf(flags);
    const json = this.jsonEnabled();
    if (flags['on-ask'] === 'suspend' && count > 1) {
      throw new SandboxError('USAGE', 'Several runs cannot wait for approvals at one time.', {
        hint: 'Fork them one after another.',
      });
    }
    const { openGoingOn } = await import('../../runs/going-on.ts');
    await using live = await openGoingOn({
      ...{
        run: args.run,
        flags,
        json,
        line: this.statusLine,
        onAsk: flags['on-ask'],
        check: requireForkable,
      },
      trust: (person) => this.atTerminal(flags, person),
    });
    const { record, runs, sandbox, reporter, onEvent } = live;
    const forks = await runs.fork(sandbox, record.runId, {
      ...{ count, limits, signal: this.interruption(), onEvent, redo: ['writeFile', 'setState'] },
      ...(step === undefined ? {} : { step }),
      ...(seed === undefined ? {} : { seed }),
    });
    const [first] = forks;
    if (first !== undefined) live.started(first);
    const outcomes = await Promise.all(forks.map(({ outcome }) => outcome));
    for (const outcome of outcomes) reporter.end(outcome);
    this.log(jsonText(outcomes.map((one) => (one.status === 'returned' ? one.value : null))));
    for (const { runId, status } of outcomes) {
      if (!json) process.stderr.write(`${status}: mcp-cli run show ${shortId(runId)}\n`);
    }
    const failed = outcomes.find(({ status }) => status !== 'returned');
    if (failed !== undefined) process.exitCode = exitCodeOfOutcome(failed);
    return { runs: outcomes };
  }
}

/** @throws SandboxError `USAGE`: what was approved with a plan was approved once */
function requireForkable({ runId, parent }: RunRecord): void {
  if (parent?.as !== 'plan') return;
  throw new SandboxError('USAGE', `The run ${shortId(runId)} carries out an approved plan.`, {
    hint: 'Make a plan for each run: mcp-cli execute program.ts --plan',
  });
}
