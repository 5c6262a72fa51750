import { plainText } from '@org/core';
import type { AgentClient, AgentRunRecord } from '../agent-host.ts';
import { groupCalls } from '../answer/call-groups.ts';
import { cutToBudget } from '../shape/cut.ts';
import type { RunPart } from './resource-uri.ts';

interface ResourceText {
  readonly text: string;
  readonly mimeType: string;
}

/** Tool calls that are read of a run; each can have an answer of megabytes. */
const maxCalls = 1_000;
const callsAtOnce = 50;
const callTokens = 2_000;

/** What a resource of a run says; undefined where the run has no such part. */
export async function runText(
  client: AgentClient,
  runId: string,
  part: RunPart,
): Promise<ResourceText | undefined> {
  if (part === 'calls') return callsText(client, runId);
  const record = await client.run(runId);
  if (record === undefined) return undefined;
  const { outcome } = record;
  switch (part) {
    case 'summary':
      return json(summaryOf(record));
    case 'result':
      return outcome?.status === 'returned' ? json(outcome.value) : undefined;
    case 'logs': {
      const lines = (outcome?.logs ?? []).map(({ level, message, fields }) =>
        plainText(
          `${level}: ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`,
        ),
      );
      return { text: lines.join('\n'), mimeType: 'text/plain' };
    }
    default:
      part satisfies never;
      return undefined;
  }
}

function summaryOf({ runId, session, status, startedAt, source, args, outcome }: AgentRunRecord) {
  return {
    runId,
    session,
    status,
    started: new Date(startedAt).toISOString(),
    ...source,
    args: cutToBudget(args, 2_000).value,
    ...(outcome !== undefined && {
      calls: groupCalls(outcome.calls, Number.POSITIVE_INFINITY).groups,
      usage: outcome.usage,
      ...('error' in outcome && { error: outcome.error }),
      ...('limit' in outcome && { limit: outcome.limit }),
    }),
  };
}

/** One line of JSON for each call. */
async function callsText(client: AgentClient, runId: string): Promise<ResourceText | undefined> {
  const lines: string[] = [];
  while (lines.length < maxCalls) {
    const calls = await client.calls(runId, { from: lines.length, count: callsAtOnce });
    if (calls === undefined) return undefined;
    for (const { paramsJson, resultJson, ...call } of calls) {
      const params = cutToBudget(JSON.parse(paramsJson), callTokens).value;
      const result = resultJson && cutToBudget(JSON.parse(resultJson), callTokens).value;
      lines.push(JSON.stringify({ ...call, params, ...(resultJson && { result }) }));
    }
    if (calls.length < callsAtOnce) break;
  }
  return { text: lines.join('\n'), mimeType: 'application/jsonl' };
}

function json(value: unknown): ResourceText {
  return { text: JSON.stringify(value), mimeType: 'application/json' };
}
