import { counted, type Limits } from '@org/core';
import type { AgentRun, ApprovalRule } from '../agent-host.ts';
import { questionText } from '../approval-form.ts';

export interface NextStepContext {
  readonly approvals: ApprovalRule;
  /** The most that the client may ask for. */
  readonly limits: Limits;
  /** Whether the person at the client can be asked. */
  readonly canAsk: boolean;
  /** Whether the answer shows all calls that wait, with all of their parameters. */
  readonly showsAll: boolean;
  /** How the operator decides on the calls of a run that waits. */
  readonly decideHint: (runId: string) => string;
}

/** What the agent does now; undefined where all is well. */
export function nextStep(run: AgentRun, context: NextStepContext): string | undefined {
  const { outcome, diagnostics, resumable } = run;
  const { runId, calls } = outcome;
  const unknown = calls.filter(({ status }) => status === 'unknown').length;
  if (outcome.status === 'suspended') return whileSuspended(run, context);
  if (unknown > 0) return afterUnknown(unknown, runId, resumable);
  switch (outcome.status) {
    case 'returned':
      return outcome.value === null
        ? 'The program returned nothing. Only what it returns comes back: write `return <value>`.'
        : undefined;
    case 'limit':
      return afterLimit(run, context.limits);
    case 'threw':
    case 'aborted': {
      if (diagnostics !== undefined)
        return 'Nothing ran. Correct these lines and call execute_code again.';
      const done = calls.filter(({ status }) => status === 'done').length;
      return done > 0 && resumable ? withoutRepeating(done, run) : undefined;
    }
    default:
      outcome satisfies never;
      return undefined;
  }
}

function withoutRepeating(done: number, { outcome: { runId }, skill }: AgentRun): string {
  if (skill !== undefined) {
    return `${counted(done, 'call is', 'calls are')} done. resume_run with runId "${runId}" runs the skill again without repeating what is done: what was not sent is made, all else is answered as it was. So it helps after what was in the way is gone.`;
  }
  return `${counted(done, 'call is', 'calls are')} done. To go on without repeating what is done, call resume_run with runId "${runId}" and the corrected program as code: equal calls take their recorded answers.`;
}

function whileSuspended(
  { outcome: { runId }, questions = [] }: AgentRun,
  { approvals, canAsk, showsAll, decideHint }: NextStepContext,
): string {
  if (questions.length === 0) return `Call resume_run with runId "${runId}" to go on.`;
  if (approvals === 'agent' && questionText(questions) !== undefined) {
    const first = showsAll
      ? ''
      : `Not all is shown: call resume_run with runId "${runId}" and a larger maxTokens first. `;
    return `${first}These calls wait for a decision. Show them to the user; with the user's word call resume_run with runId "${runId}" and decision "approve" or "refuse".`;
  }
  const resume = `resume_run with runId "${runId}"`;
  const decide = canAsk
    ? `Tell the user. Then call ${resume}, which asks again.`
    : `Tell the user that ${decideHint(runId)} Then call ${resume}.`;
  return `These calls wait for a person; you cannot approve them. ${decide} To give them up, call it with decision "refuse".`;
}

function afterUnknown(count: number, runId: string, resumable: boolean): string {
  const sent = `${counted(count, 'call was', 'calls were')} sent and never answered: whether ${count === 1 ? 'it' : 'they'} took effect is not known. Check that with a reading tool first.`;
  return resumable
    ? `${sent} Then call resume_run with runId "${runId}" and unknownCalls "retry" (make them again) or "fail" (let the program handle them).`
    : `${sent} Do not repeat them blindly.`;
}

function afterLimit(run: AgentRun, most: Limits): string | undefined {
  const { outcome, resumable } = run;
  if (outcome.status !== 'limit') return undefined;
  const { kind, allowed } = outcome.limit;
  const done = outcome.calls.filter(({ status }) => status === 'done').length;
  const kept = done > 0 && resumable ? ` ${withoutRepeating(done, run)}` : '';
  const more = (name: keyof Limits) =>
    most[name] > allowed ? ` Or ask for more: limits {"${name}": …} up to ${most[name]}.` : '';
  switch (kind) {
    case 'fuel':
      return `The program computed too much: look for an endless loop, or do less in one run.${more('fuel')}${kept}`;
    case 'memory':
      return `The program held too much in memory: keep less at one time.${more('memoryBytes')}${kept}`;
    case 'wall':
      return `The run took too long: make independent calls in one Promise.all, or do less in one run.${more('wallMs')}${kept}`;
    case 'toolCalls':
      return `The program made too many tool calls: ask for more in each, or do part of it.${more('toolCalls')}${kept}`;
    case 'output':
      return `The result is too large: return less, or write it to /workspace with writeFile and return a summary.${kept}`;
    case 'logs':
      return `The program logged too much: log less, return what you need.${kept}`;
    case 'depth':
      return `The result or a parameter is nested too deeply: flatten it.${kept}`;
    default:
      kind satisfies never;
      return undefined;
  }
}
