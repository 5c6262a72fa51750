import { SandboxError } from '@org/core';
import { type Ask, type Decision, decide, type Runs } from '@org/runs';
import type { TerminalQuestions } from '../terminal-questions.ts';
import { describeAsk } from './describe-ask.ts';
import { findRun, shortId } from './find-run.ts';
import { userName } from './live-toolbox.ts';

export interface DecideOptions {
  readonly answer: Decision['answer'];
  /** Left out: all calls that wait. */
  readonly call: number | undefined;
  readonly terms: Pick<Decision, 'next' | 'varying'>;
  /** Without asking. */
  readonly yes: boolean;
  /** Undefined where nobody can be asked. */
  readonly person: TerminalQuestions | undefined;
  readonly signal: AbortSignal;
  /** Gets texts that are ready to be shown. */
  readonly show: (text: string) => void;
}

/** What was decided, and how many questions are left. */
export interface Decided {
  readonly runId: string;
  readonly decided: readonly Ask[];
  readonly open: number;
}

/**
 * Decides on what a run waits with, each call after it was shown in full. What the person does not
 * confirm stays as it is.
 * @throws SandboxError `USAGE`: there is nothing to decide, or nobody to ask; or as `decide`
 */
export async function decideAsks(
  runs: Runs,
  run: string,
  { answer, call, terms, yes, person, signal, show }: DecideOptions,
): Promise<Decided> {
  const record = findRun(runs, run);
  const open = record.asks.filter(({ decision }) => decision === undefined);
  const asks = call === undefined ? open : open.filter(({ callId }) => callId === call);
  if (asks.length === 0) throw nothingToDecide(record.runId, call, open);
  if (!yes && person === undefined) {
    for (const ask of asks) show(describeAsk(record, ask));
    throw new SandboxError('USAGE', 'There is no terminal to ask at.', {
      hint: 'Look at the calls above, and add --yes.',
    });
  }
  const by = userName() ?? 'mcp-cli';
  const decided: Ask[] = [];
  for (const ask of asks) {
    const shown = describeAsk(record, ask);
    if (yes) show(shown);
    const question = `${answer === 'no' ? 'Refuse' : 'Approve'} it? y: yes, n: not now [n] `;
    const said = yes ? 'y' : await person?.ask({ shown, question }, signal);
    if (said !== 'y' && said !== 'yes') continue;
    decided.push(decide(runs.store, record.runId, ask.callId, { answer, by, ...terms }));
  }
  return { runId: record.runId, decided, open: open.length - decided.length };
}

function nothingToDecide(
  runId: string,
  call: number | undefined,
  open: readonly Ask[],
): SandboxError {
  const id = shortId(runId);
  if (call === undefined || open.length === 0) {
    return new SandboxError('USAGE', `The run ${id} does not wait for a decision.`, {
      hint: `See mcp-cli run show ${id}.`,
    });
  }
  const waiting = open.map(({ callId }) => callId).join(', ');
  return new SandboxError('USAGE', `Call ${call} of the run ${id} does not wait for a decision.`, {
    hint: `These do: ${waiting}.`,
  });
}
