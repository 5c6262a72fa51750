import type { CallError, JsonValue, ToolCaller, ToolCallOutcome } from '@org/core';
import type { RecordedCall } from '@org/skill-store';

const unanswered: CallError = {
  code: 'CALL_UNKNOWN',
  message: 'The run ended before this call was answered.',
  retryable: false,
};

/** Passes calls on, and keeps what came back: in the order in which they were made. */
export function recordCalls(tools: ToolCaller): {
  readonly tools: ToolCaller;
  readonly calls: readonly RecordedCall[];
} {
  const calls: RecordedCall[] = [];
  return {
    calls,
    tools: {
      async callTool(call, options) {
        const made = { server: call.server, tool: call.tool, params: parse(call.paramsJson) };
        const error = unanswered as unknown as JsonValue;
        const index = calls.push({ ...made, status: 'unknown', error }) - 1;
        const outcome = await tools.callTool(call, options);
        calls[index] = { ...made, ...answerOf(outcome) };
        return outcome;
      },
    },
  };
}

/** What is no JSON has been refused, and is kept as the text that it is. */
function parse(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return json;
  }
}

function answerOf(outcome: ToolCallOutcome): Pick<RecordedCall, 'status' | 'value' | 'error'> {
  if (outcome.status === 'done') return { status: 'done', value: parse(outcome.json) };
  return { status: outcome.status, error: outcome.error as unknown as JsonValue };
}
