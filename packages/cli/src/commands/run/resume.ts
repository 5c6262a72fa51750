import { option } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import type { RunRecord } from '@org/runs';
import { exitCodeOfOutcome } from '../../exit-code.ts';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';
import { runArg, shortId } from '../../runs/find-run.ts';
import { askings, limitFlags, limitsOf, liveFlags } from '../../runs/live-flags.ts';
import { type RecordedOutcome, withRecord } from '../../runs/with-record.ts';

export default class RunResume extends McpCommand {
  static override underWay = 'resuming';

  static override summary = 'Go on with a run that is suspended, or whose process has died.';

  static override description =
    `Calls that were answered are not made again. Of calls that were sent and never answered nobody knows whether they took effect; --unknown says what becomes of them: "ask" about each ("run approve" sends it again, "run refuse" lets it fail), "retry" those of tools that only read or are idempotent and let the others fail, or "fail", which the program sees as CALL_UNKNOWN.

--allow, --ask, --deny, --mount and --config hold as they were given to "execute", unless they are given anew; the servers and the project's policy are those of now, and what has changed is told. A refused call is never sent. A run belongs to the engine that it was recorded with. Output and exit codes are those of "execute".

Exit codes: 0 returned, 1 threw, or it cannot go on, 2 wrong usage, 3 a limit was reached, 4 refused by the policy, 5 a server could not be reached, 6 it waits for a decision, 130 interrupted.`;

  static override examples = [
    {
      description: 'Go on with the newest run:',
      command: '<%= config.bin %> <%= command.id %> last',
    },
    {
      description: 'Make calls again that may be repeated, and give up the other unknown ones:',
      command: '<%= config.bin %> <%= command.id %> 4f1c2a --unknown retry',
    },
  ];

  static override args = { run: runArg };

  static override flags = {
    unknown: option({
      options: ['ask', 'retry', 'fail'] as const,
      default: 'ask' as const,
      summary: 'What becomes of calls that were sent and never answered.',
    })(),
    ...limitFlags,
    ...liveFlags,
    'on-ask': option({
      options: askings,
      default: 'suspend' as const,
      summary: 'What becomes of a call that needs an approval and has none, as of "execute".',
    })(),
  };

  async run(): Promise<RecordedOutcome> {
    const { args, flags } = await this.parse(RunResume);
    const limits = limitsOf(flags);
    const json = this.jsonEnabled();
    const { openGoingOn } = await import('../../runs/going-on.ts');
    await using live = await openGoingOn({
      ...{
        run: args.run,
        flags,
        json,
        line: this.statusLine,
        onAsk: flags['on-ask'],
        check: requireResumable,
      },
      trust: (person) => this.atTerminal(flags, person),
    });
    const { record, runs, sandbox, reporter, onEvent } = live;
    const run = await runs.resume(sandbox, record.runId, {
      ...live.ports,
      ...{ unknown: flags.unknown, limits, signal: this.interruption(), onEvent },
      // Files and state of the process that had the run are gone with it.
      redo: ['writeFile', 'setState'],
    });
    live.started(run);
    const outcome = await run.outcome;
    reporter.end(outcome);
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return withRecord(outcome, { runs, json });
  }
}

/** @throws SandboxError `RUN_BUSY`, or `RUN_NOT_RESUMABLE` for a run that has ended */
function requireResumable({ runId, status, host, outcome }: RunRecord): void {
  const id = shortId(runId);
  if (status === 'running') {
    throw new SandboxError(
      'RUN_BUSY',
      `The process ${host.pid} on ${host.hostname} has the run ${id}.`,
      {
        hint: `Wait for it, or end the run: mcp-cli run cancel ${id}`,
      },
    );
  }
  if (status === 'suspended' || status === 'lost') return;
  const again =
    outcome?.status === 'threw' || outcome?.status === 'limit'
      ? `Edit its program, and go on: mcp-cli execute edited.ts --fix ${id}`
      : `Begin from a step of it: mcp-cli run fork ${id} --step 0`;
  throw new SandboxError('RUN_NOT_RESUMABLE', `The run ${id} has ended: ${status}.`, {
    hint: again,
  });
}
