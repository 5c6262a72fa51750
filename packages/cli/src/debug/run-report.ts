import type { RunRecord } from '@org/runs';

/**
 * A run without what passed through it: no program, arguments, parameters, answers, results or log
 * lines, only how much of each and how it went.
 */
export function runReport(record: RunRecord) {
  const { runId, status, mode, createdAt, endedAt, engineDigest, limits, incomplete } = record;
  const { journal, toolCalls, logs, asks, outcome, source } = record;
  return {
    run: {
      ...{ runId, status, mode, engine: engineDigest, incomplete },
      began: new Date(createdAt).toISOString(),
      ...(endedAt !== undefined && { ended: new Date(endedAt).toISOString() }),
      ...(limits && { limits }),
      ...(source !== undefined && { programCharacters: source.length }),
    },
    hostCalls: journal.calls.map(({ id, name, args, sent, answer }) => ({
      id,
      name,
      bytes: args.reduce((sum, text) => sum + text.length, 0),
      sent,
      answered: answer === undefined ? 'no' : answer.ok ? 'yes' : 'with a failure',
    })),
    toolCalls: toolCalls.map(({ status: ended, ms, bytes, cached }) => ({
      status: ended,
      ...{ ms, bytes, cached },
    })),
    steps: journal.steps.length,
    logLines: logs.length,
    openQuestions: asks.filter(({ decision }) => decision === undefined).length,
    ...(outcome && { outcome: endOf(outcome), usage: outcome.usage }),
  };
}

/** Names and codes: messages and stacks have the program's own words in them. */
function endOf(outcome: NonNullable<RunRecord['outcome']>): object {
  if ('error' in outcome) {
    const { name, code } = outcome.error;
    return { status: outcome.status, name, ...(code !== undefined && { code }) };
  }
  const { status } = outcome;
  return outcome.status === 'limit' ? { status, limit: outcome.limit } : { status };
}
