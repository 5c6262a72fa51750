import { integer } from '@oclif/core/flags';
import type { Ask } from '@org/runs';
import { McpCommand } from '../mcp-command.ts';
import { type DecideOptions, decideAsks } from './decide-asks.ts';
import { shortId } from './find-run.ts';
import { openRecordedRuns } from './open-runs.ts';

/** `--call`, of the commands that decide. */
export const callFlag = integer({
  helpValue: '<number>',
  min: 1,
  summary: 'Decide on this call only. Default: on all that wait.',
});

/** What these commands return, and show with `--json`. */
export interface DecisionDocument {
  readonly runId: string;
  readonly decided: readonly Ask[];
}

/** What `run approve` and `run refuse` share. */
export abstract class DecisionCommand extends McpCommand {
  /** Decides on what the run waits with, says what was decided, and what to do next. */
  protected async decide(
    run: string,
    decision: Pick<DecideOptions, 'answer' | 'call' | 'terms' | 'yes'>,
  ): Promise<DecisionDocument> {
    await using runs = await openRecordedRuns();
    const { runId, decided, open } = await decideAsks(runs, run, {
      ...decision,
      ...{ person: this.person(), signal: this.interruption() },
      show: (text) => process.stderr.write(`${text}\n`),
    });
    for (const ask of decided) this.log(`Call ${ask.callId}: ${ask.decision?.verdict}`);
    if (open === 0) this.log(`Go on with it: mcp-cli run resume ${shortId(runId)}`);
    return { runId, decided };
  }
}
