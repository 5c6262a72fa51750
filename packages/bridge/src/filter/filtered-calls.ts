import {
  type CallFilter,
  type CallOptions,
  type ContentFilter,
  SandboxError,
  type ToolCall,
  type ToolCallOutcome,
  toCallError,
} from '@org/core';
import type { Answered } from '../verdict.ts';

/** `callTool` behind a filter: what it is given is restored, what it gives is hidden. */
export function filterCalls<Options extends CallOptions & { readonly givenJson?: string }>(
  filter: ContentFilter,
  callTool: (call: ToolCall, options: Options) => Promise<Answered>,
): typeof callTool {
  return async (call, options) => {
    const passage = filter.forCall(call.server, call.tool, options.context);
    if (passage === undefined) return callTool(call, options);
    let paramsJson: string;
    try {
      paramsJson = passage.incoming(call.paramsJson);
    } catch (error) {
      return { outcome: { status: 'refused', error: toCallError(error) } };
    }
    const given = { ...options, givenJson: call.paramsJson };
    const answered = await callTool({ ...call, paramsJson }, given);
    return { ...answered, outcome: hidden(answered.outcome, passage) };
  };
}

/** An outcome as it may reach the agent. Where that can't be made, the content is withheld. */
function hidden(outcome: ToolCallOutcome, passage: CallFilter): ToolCallOutcome {
  try {
    if (outcome.status === 'done') {
      const { warning } = outcome;
      return {
        ...outcome,
        json: passage.outgoing(outcome.json),
        ...(warning !== undefined && { warning: passage.outgoingText(warning) }),
      };
    }
    const { error } = outcome;
    return { ...outcome, error: { ...error, message: passage.outgoingText(error.message) } };
  } catch (cause) {
    const known = cause instanceof SandboxError;
    const error = toCallError(
      known ? cause : new SandboxError('INTERNAL', 'The filter failed on the result.', { cause }),
    );
    return { status: outcome.status === 'done' ? 'failed' : outcome.status, error };
  }
}
