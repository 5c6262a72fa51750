import { type RunOutcome, SandboxError } from '@org/core';
import type { DurableRun, Runs, StartOptions } from '@org/runs';
import type { AgentRun, RunWatch } from '@org/server';
import type { Program } from '@org/wasm-runtime';
import { unlessInterrupted } from '../mcp-command.ts';
import { refusal } from '../program-check.ts';
import type { ActiveRun } from './active-runs.ts';
import { type BegunRun, type Following, followedRun } from './followed-run.ts';
import type { HostParts } from './host-parts.ts';
import { questionsOf } from './run-mapping.ts';
import type { RunView } from './run-view.ts';

type Parts = Pick<HostParts, 'runs' | 'active' | 'checkers'>;

/** What the type check of a program came to. */
export interface CheckedRun {
  /** Why it does not run, in the form of a run; left out where it may. */
  readonly refused?: AgentRun;
  /** What is to be known of a run of it. */
  readonly notes: readonly string[];
}

export async function checkedRun(
  { checkers }: Parts,
  code: string,
  { session, sandbox, ports, toolbox }: RunView,
  signal: AbortSignal,
): Promise<CheckedRun> {
  if (checkers === undefined) return { notes: [] };
  const program = { source: code, name: programName };
  const { files } = toolbox;
  const { principal, name } = session.key;
  const checking = checkers.check(program, files, JSON.stringify([principal, name]));
  const { result, failure } = await unlessInterrupted(checking, signal);
  if (result === undefined) return { notes: [] };
  const notes = result.diagnostics.flatMap(({ code: what, message }) =>
    what === 'NOT_CHECKED' ? [message] : [],
  );
  const compiler: Parameters<typeof refusal>[3] = {
    compile: (source, options) => sandbox.compile(source, { ...options, files: ports.files }),
  };
  const outcome = await refusal({ failure }, result, program, compiler);
  if (outcome === undefined) return { notes };
  const { diagnostics, ...rest } = outcome;
  const own = { kept: false, resumable: false, ...(diagnostics && { diagnostics }) };
  return { refused: { outcome: rest, ...own }, notes };
}

/** What programs of agents are called in their stacks. */
export const programName = 'program.ts';

/** Starts a run, on record where runs are recorded, and waits for its end. */
export async function startedRun(
  parts: Parts,
  program: string | Program,
  { session, sandbox }: RunView,
  options: Omit<StartOptions, 'signal' | 'onEvent' | 'session' | 'principal'>,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runs } = parts;
  const { principal, name } = session.key;
  const source = typeof program === 'string' ? { source: program } : {};
  const own = { ...source, principal, session: name };
  const begin = async (following: Following): Promise<BegunRun> =>
    runs === undefined
      ? sandbox.start(program, { ...options, ...following })
      : runs.start(sandbox, program, { ...options, ...own, ...following }).then(durable);
  return untilEnd(parts, await followedRun(watch, begin));
}

export function durable(run: DurableRun): BegunRun {
  const { runId, outcome } = run;
  return { runId, outcome, suspend: (options) => run.suspend(options) };
}

export async function untilEnd(parts: Parts, run: ActiveRun): Promise<AgentRun> {
  return endedRun(parts.runs, await parts.active.until(run));
}

/** How a run ended, and what can be done with it. */
export function endedRun(runs: Runs | undefined, outcome: RunOutcome): AgentRun {
  if (runs === undefined) return { outcome, kept: false, resumable: false };
  const { runId, status } = outcome;
  const questions = status === 'suspended' ? questionsOf(runs.store.asks(runId)) : [];
  return {
    outcome,
    kept: true,
    resumable: status !== 'returned',
    ...(questions.length > 0 && { questions }),
  };
}

export function noRecords(): SandboxError {
  return new SandboxError('USAGE', 'Runs are not recorded here: there is nothing to go on with.', {
    hint: 'Call execute_code with the whole program again.',
  });
}

export function withNotes(run: AgentRun, notes: readonly string[]): AgentRun {
  return notes.length === 0 ? run : { ...run, notes: [...(run.notes ?? []), ...notes] };
}
