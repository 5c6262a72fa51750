import { plainText, type RunOutcome } from '@org/core';
import type { Ask, FixReport, Runs } from '@org/runs';
import { adviceFor } from './advice.ts';
import { describeAsk } from './describe-ask.ts';
import { shortId } from './find-run.ts';
import type { FixOf } from './fix-of.ts';

/** An outcome as `execute --json` and `run resume --json` have it. */
export type RecordedOutcome = RunOutcome & {
  /** Of a run that waits: what it waits for. */
  readonly asks?: readonly Ask[];
  /** Of an edited program: what it took from the record of the failed one. */
  readonly fix?: FixReport;
  /** What can be done about it, for people. */
  readonly next?: readonly string[];
};

interface RecordParts {
  /** Left out: it is not recorded. */
  readonly runs: Runs | undefined;
  readonly fix?: Pick<FixOf, 'report'> | undefined;
  /** Whether nothing is told, since the outcome is for another program. */
  readonly json: boolean;
}

/** The outcome with what its record says to it; told on stderr too. */
export async function withRecord(
  outcome: RunOutcome,
  { runs, fix, json }: RecordParts,
): Promise<RecordedOutcome> {
  const { status, runId } = outcome;
  const report = fix?.report(runId);
  const tell = (text: string) => {
    if (!json) process.stderr.write(`${plainText(text).trimEnd()}\n`);
  };
  if (report !== undefined) {
    const { fixText } = await import('@org/runs');
    tell(fixText(report));
  }
  const fixed = report === undefined ? outcome : { ...outcome, fix: report };
  const record = status === 'returned' ? undefined : runs?.get(runId);
  if (record === undefined) return fixed;
  const asks = record.asks.filter(({ decision }) => decision === undefined);
  const next = adviceFor(record);
  for (const ask of asks) tell(describeAsk(record, ask));
  tell([...next, `All of it: mcp-cli run show ${shortId(runId)}`].join('\n'));
  return status === 'suspended' ? { ...fixed, asks, next } : fixed;
}
