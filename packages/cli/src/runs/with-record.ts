import { plainText, type RunOutcome } from '@org/core';
import type { Ask, Runs } from '@org/runs';
import { adviceFor } from './advice.ts';
import { describeAsk } from './describe-ask.ts';
import { shortId } from './find-run.ts';

/** An outcome as `execute --json` and `run resume --json` have it. */
export type RecordedOutcome = RunOutcome & {
  /** Of a run that waits: what it waits for. */
  readonly asks?: readonly Ask[];
  /** What can be done about it, for people. */
  readonly next?: readonly string[];
};

/**
 * The outcome with what its record says to it; told on stderr, unless it is for another program.
 * @param runs left out: it is not recorded
 */
export function withRecord(
  outcome: RunOutcome,
  { runs, json }: { readonly runs: Runs | undefined; readonly json: boolean },
): RecordedOutcome {
  const { status, runId } = outcome;
  const record = status === 'returned' ? undefined : runs?.get(runId);
  if (record === undefined) return outcome;
  const asks = record.asks.filter(({ decision }) => decision === undefined);
  const next = adviceFor(record);
  if (!json) {
    const waiting = asks.map((ask) => describeAsk(record, ask));
    const lines = [...waiting, ...next, `All of it: mcp-cli run show ${shortId(runId)}`];
    process.stderr.write(`${plainText(lines.join('\n'))}\n`);
  }
  return status === 'suspended' ? { ...outcome, asks, next } : outcome;
}
