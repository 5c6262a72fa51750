import { type CallError, canonicalJson, type ToolCaller, type ToolCallOutcome } from '@org/core';
import type { RecordedCall } from '@org/skill-store';

const notRecorded: CallError = {
  code: 'CALL_UNKNOWN',
  message: 'This call is not in the cassette.',
  retryable: false,
};

/** Answers calls from a recorded run; each of its answers is given once. */
export function replayCalls(recorded: readonly RecordedCall[]): ToolCaller {
  const waiting = new Map<string, RecordedCall[]>();
  for (const call of recorded) {
    const key = callKey(call.server, call.tool, call.params);
    waiting.set(key, [...(waiting.get(key) ?? []), call]);
  }
  return {
    async callTool({ server, tool, paramsJson }): Promise<ToolCallOutcome> {
      const answer = waiting.get(callKey(server, tool, JSON.parse(paramsJson)))?.shift();
      if (answer === undefined) return { status: 'failed', error: notRecorded };
      const { status, value, error } = answer;
      if (status === 'done') return { status, json: JSON.stringify(value), cached: false };
      return { status, error: error as unknown as CallError };
    },
  };
}

export function callKey(server: string, tool: string, params: unknown): string {
  return canonicalJson([server, tool, params]);
}
