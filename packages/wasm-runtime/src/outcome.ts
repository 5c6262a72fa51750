import {
  type LimitKind,
  type Limits,
  maxDepth,
  nothingUsed,
  type ProgramError,
  type RunOutcome,
  SandboxError,
} from '@org/core';
import type { Trap } from './instance.ts';
import { mailboxLimit } from './wire.ts';

/** How a run ended, without what is the same for every ending. */
export type Ending = RunOutcome extends infer Outcome
  ? Outcome extends RunOutcome
    ? Omit<Outcome, 'logs' | 'calls' | 'usage' | 'runId'>
    : never
  : never;

const limitOfMailbox: Readonly<Record<number, LimitKind>> = {
  [mailboxLimit.toolCalls]: 'toolCalls',
  [mailboxLimit.output]: 'output',
  [mailboxLimit.logs]: 'logs',
  [mailboxLimit.depth]: 'depth',
};

/** The ending of a run whose guest trapped. @throws SandboxError `ENGINE_FAULT` for an unknown limit */
export function endingOfTrap(trap: Trap, limits: Limits): Ending {
  if (trap.kind === 'fuel') return atLimit('fuel', limits.fuel);
  if (trap.kind === 'memory') return atLimit('memory', limits.memoryBytes);
  if (trap.kind === 'fault') {
    const message = `The engine stopped: ${trap.message}. The program used something that does not exist in the sandbox.`;
    return { status: 'threw', error: ourError('ENGINE_FAULT', 'EngineError', message) };
  }
  const kind = limitOfMailbox[trap.limit];
  switch (kind) {
    case 'toolCalls':
      return atLimit(kind, limits.toolCalls);
    case 'output':
      return atLimit(kind, limits.outputBytes);
    case 'logs':
      return atLimit(kind, limits.logBytes);
    case 'depth':
      return atLimit(kind, maxDepth);
    default:
      throw new SandboxError('ENGINE_FAULT', `Unknown limit ${trap.limit}.`);
  }
}

export function atLimit(kind: LimitKind, allowed: number): Ending {
  return { status: 'limit', limit: { kind, allowed } };
}

/** An error of ours in the place where a program's would be. */
export function ourError(
  code: NonNullable<ProgramError['code']>,
  name: string,
  message: string,
): ProgramError {
  return { name, message, stack: `${name}: ${message}`, code };
}

/** The ending of a run that was cancelled. */
export function aborted(message: string): { status: 'aborted'; error: ProgramError } {
  return { status: 'aborted', error: ourError('ABORTED', 'AbortError', message) };
}

/** The ending of a run that nothing can make go on. */
export function deadlocked(): Ending {
  const message =
    'The program waits for a promise that nothing can settle any more: no call is under way and no timer is set.';
  return { status: 'threw', error: ourError('DEADLOCK', 'DeadlockError', message) };
}

/** The ending of a run whose worker is gone: because it died, or because the sandbox was closed. */
export function lost({ code, message }: SandboxError): Ending {
  if (code === 'ABORTED') return aborted(message);
  return { status: 'aborted', error: ourError('ENGINE_FAULT', 'EngineError', message) };
}

/** The ending of a run whose journal failed: what was not kept has not taken effect. */
export function unrecorded({ code, message, hint }: SandboxError): Ending {
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return { status: 'aborted', error: ourError(code, 'SandboxError', text) };
}

/** The outcome of a run that could not begin: nothing was called, and only time was used. */
export function notBegun(runId: string, ending: Ending, wallMs = 0): RunOutcome {
  const usage = { ...nothingUsed, wallMs };
  return { ...ending, logs: [], calls: [], usage, runId } as RunOutcome;
}
