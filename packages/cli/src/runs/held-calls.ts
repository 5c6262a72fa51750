import { type Approver, SandboxError, type ToolCaller, toCallError } from '@org/core';
import type { RunStore } from '@org/runs';

/**
 * Lets decisions on the calls of a run hold, whatever the rules are by now: what was refused is not
 * sent, and what was asked about is not sent without a yes.
 */
export function heldCalls(
  tools: ToolCaller,
  store: RunStore,
  approver: Approver | undefined,
): ToolCaller {
  return {
    ...(tools.tellsSent && { tellsSent: tools.tellsSent }),
    async callTool(call, options) {
      const { context, signal } = options;
      const { runId, callId } = context ?? {};
      const asks = runId === undefined ? [] : store.asks(runId);
      const ask = asks.findLast((one) => one.kind === 'approval' && one.callId === callId);
      if (ask === undefined || ask.decision?.verdict === 'approved') {
        return tools.callTool(call, options);
      }
      try {
        const { server, tool, paramsJson } = call;
        const { definitionDigest = '' } = ask;
        const asked = { server, tool, paramsJson, definitionDigest };
        const request = { ...asked, ...(context && { context }) };
        const answer =
          ask.decision === undefined ? await approver?.approve(request, { signal }) : 'no';
        if (answer === 'once' || answer === 'always') return await tools.callTool(call, options);
        throw new SandboxError('NOT_ALLOWED', 'The operator did not approve this call.', {
          hint: 'Do without it; do not make the same call again.',
        });
      } catch (error) {
        return { status: 'refused', error: toCallError(error) };
      }
    },
  };
}
