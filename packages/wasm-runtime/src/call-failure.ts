import { type CallError, type HostAnswer, toCallError } from '@org/core';

/** What the program gets for what a host function threw. */
export function failure(error: unknown): HostAnswer {
  return { ok: false, error: JSON.stringify(toCallError(error)) };
}

/** Of a call whose answer was lost with the process that had sent it. */
export const lostAnswer: CallError = {
  code: 'CALL_UNKNOWN',
  message:
    'This call was sent before the run was interrupted, and its answer is lost. It may have taken effect: look before you make it again.',
  retryable: false,
};
