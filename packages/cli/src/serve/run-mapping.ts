import { isJsonObject, type JsonValue, type RecordedCall } from '@org/core';
import type { Ask, RunRecord, RunSummary } from '@org/runs';
import type {
  AgentRunRecord,
  AgentRunSummary,
  PendingQuestion,
  RecordedToolCall,
} from '@org/server';

/** What runs of skills are called by, before the skill's name. */
export const skillPrefix = 'skill:';

const defaultSession = 'default';

export function summaryOf({ runId, session, status, createdAt }: RunSummary): AgentRunSummary {
  return { runId, session: session ?? defaultSession, status, startedAt: createdAt };
}

export function recordOf(record: RunRecord): AgentRunRecord {
  const { name, source, args, outcome, asks } = record;
  const skill = name.startsWith(skillPrefix) ? name.slice(skillPrefix.length) : undefined;
  const questions = questionsOf(asks);
  return {
    ...summaryOf(record),
    source: skill === undefined ? { code: source ?? '' } : { skill },
    args,
    ...(outcome && { outcome }),
    ...(questions.length > 0 && { questions }),
  };
}

/** Those that wait for a person's word. */
export function questionsOf(asks: readonly Ask[]): PendingQuestion[] {
  return asks
    .filter(({ kind, decision }) => kind === 'approval' && decision === undefined)
    .map(({ callId, server, tool, paramsJson }) => ({
      ...{ id: String(callId), server, tool, paramsJson },
    }));
}

export function toolCallsOf({ journal, asks }: RunRecord): RecordedToolCall[] {
  const waiting = new Set(questionsOf(asks).map(({ id }) => Number(id)));
  return journal.calls
    .filter(({ name }) => name === 'callTool')
    .map((call) => toolCallOf(call, waiting.has(call.id)));
}

function toolCallOf(call: RecordedCall, isWaiting: boolean): RecordedToolCall {
  const { args, answer, record, sent } = call;
  const [server = '', tool = '', paramsJson = '{}'] = args;
  const common = { server, tool, paramsJson };
  if (answer === undefined) {
    return { ...common, status: sent && !isWaiting ? 'unknown' : 'pending' };
  }
  if (answer.ok) return { ...common, status: 'done', resultJson: answer.text };
  return { ...common, status: record?.status ?? 'failed', error: messageIn(answer.error) };
}

/** Of the JSON of a `CallError`. */
function messageIn(json: string): string {
  const error = JSON.parse(json) as JsonValue;
  return isJsonObject(error) && typeof error.message === 'string' ? error.message : json;
}
