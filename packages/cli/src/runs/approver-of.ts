import { type Approver, SandboxError } from '@org/core';
import type { DurableRun, RunStore } from '@org/runs';
import { terminalApprover } from '../terminal-approver.ts';
import type { TerminalQuestions } from '../terminal-questions.ts';
import type { OnAsk } from './live-flags.ts';
import { userName } from './live-toolbox.ts';

type IsApproved = (runId: string, callId: number) => boolean;

export interface ApproverParts {
  /** Undefined where nobody can be asked. */
  readonly person: TerminalQuestions | undefined;
  /** Where questions are kept; left out: the run is not recorded. */
  readonly store?: RunStore | undefined;
  /** The run that is asked about, once it has started. */
  readonly run: () => Promise<DurableRun>;
  /** Whether a call was approved with its plan. */
  readonly isApproved?: IsApproved | undefined;
}

/**
 * Who decides on the calls of a run.
 * @param onAsk left out: a person at a terminal, else nobody
 * @returns undefined where such calls are refused
 * @throws SandboxError `USAGE`: a run without a record cannot wait
 */
export async function approverOf(
  onAsk: OnAsk | undefined,
  { person, store, run, isApproved }: ApproverParts,
): Promise<Approver | undefined> {
  if (onAsk === 'suspend') {
    if (store === undefined) {
      throw new SandboxError('USAGE', 'A run that is not recorded cannot wait for an approval.', {
        hint: 'Leave out --on-ask suspend, or let the run be recorded.',
      });
    }
    const suspend = async (runId: string) => {
      const started = await run();
      if (started.runId === runId) await started.suspend();
    };
    const { storedApprover } = await import('@org/runs');
    return storedApprover({ store, suspend, ...(isApproved && { isApproved }) });
  }
  const asked =
    onAsk === 'refuse' || person === undefined ? undefined : terminalApprover(person, userName());
  return isApproved === undefined ? asked : withPlan(isApproved, asked);
}

/** What was approved with a plan is not asked about again. */
function withPlan(isApproved: IsApproved, asked: Approver | undefined): Approver {
  return {
    ...(asked?.by !== undefined && { by: asked.by }),
    async approve(request, options) {
      const { runId, callId } = request.context ?? {};
      if (runId !== undefined && callId !== undefined && isApproved(runId, callId)) return 'once';
      if (asked !== undefined) return asked.approve(request, options);
      throw new SandboxError(
        'APPROVAL_REQUIRED',
        'A person has to approve this call, and there is nobody to ask.',
        { hint: 'Do without it, or ask the operator to allow it.' },
      );
    },
  };
}
