import type { ErrorCode, RunOutcome } from '@org/core';

/** What the process answers with; the same numbers for every command. */
export const exitCode = {
  returned: 0,
  threw: 1,
  usage: 2,
  limit: 3,
  refused: 4,
  unreachable: 5,
  suspended: 6,
  interrupted: 130,
} as const;

/** The exit code for an error that ended a command. */
export function exitCodeOfError(code: ErrorCode): number {
  switch (code) {
    case 'NOT_ALLOWED':
    case 'NOT_TRUSTED':
    case 'APPROVAL_REQUIRED':
    case 'DEFINITION_CHANGED':
    case 'SKILL_NOT_TRUSTED':
    case 'RATE_LIMITED':
      return exitCode.refused;
    case 'SERVER_UNAVAILABLE':
      return exitCode.unreachable;
    case 'ABORTED':
      return exitCode.interrupted;
    case 'USAGE':
    case 'INVALID_NAME':
    case 'INVALID_PATH':
    case 'FILE_NOT_FOUND':
    case 'NOT_A_FILE':
    case 'CONFIG_NOT_FOUND':
    case 'CONFIG_INVALID':
    case 'VARIABLE_UNSET':
    case 'UNKNOWN_SERVER':
    case 'SKILL_NOT_FOUND':
    case 'RUN_NOT_FOUND':
      return exitCode.usage;
    default:
      return exitCode.threw;
  }
}

/** What can be corrected comes before what may pass by itself. */
const order: readonly number[] = [exitCode.usage, exitCode.refused, exitCode.unreachable];

/** The exit code for several failures, in whatever order they came; 0 for none. */
export function exitCodeOfErrors(codes: readonly ErrorCode[]): number {
  const exits = codes.map(exitCodeOfError);
  return order.find((exit) => exits.includes(exit)) ?? exits[0] ?? exitCode.returned;
}

/** A program that fails because of a refusal or of a dead server answers with that code. */
export function exitCodeOfOutcome(outcome: RunOutcome): number {
  switch (outcome.status) {
    case 'returned':
      return exitCode.returned;
    case 'threw': {
      const { code } = outcome.error;
      const exit = code === undefined ? exitCode.threw : exitCodeOfError(code);
      const told = exit === exitCode.refused || exit === exitCode.unreachable;
      return told ? exit : exitCode.threw;
    }
    case 'limit':
      return exitCode.limit;
    case 'suspended':
      return exitCode.suspended;
    case 'aborted':
      return exitCodeOfError(outcome.error.code ?? 'ABORTED');
    default:
      return outcome satisfies never;
  }
}
