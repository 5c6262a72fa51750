import { nothingUsed, type RunOutcome, type SandboxError } from '@org/core';

/** The outcome of a run that could not begin, so that stdout has one shape. */
export function notBegun({ code, message, hint }: SandboxError): RunOutcome {
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return {
    status: 'aborted',
    error: { name: 'Error', message: text, stack: `Error: ${text}`, code },
    logs: [],
    calls: [],
    usage: nothingUsed,
    runId: crypto.randomUUID(),
  };
}
