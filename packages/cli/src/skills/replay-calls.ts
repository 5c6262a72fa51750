import { type CallError, canonicalJson, type ToolCaller } from '@org/core';
import type { TapedCall } from '@org/skill-store';

const notRecorded: CallError = {
  code: 'CALL_UNKNOWN',
  message: 'This call is not in the cassette.',
  retryable: false,
};

/** For calls that are not recorded. */
export const noCalls: ToolCaller = {
  callTool: async () => ({ status: 'failed', error: notRecorded }),
};

/** The same for calls that are equal. */
export function callKey(call: TapedCall): string {
  if ('name' in call) return canonicalJson([call.name, call.args]);
  return canonicalJson([call.server, call.tool, call.params]);
}

/** A call as people read it. */
export function callText(call: TapedCall): string {
  if ('name' in call)
    return `${call.name}(${call.args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  return `${call.server}.${call.tool}(${JSON.stringify(call.params)})`;
}
