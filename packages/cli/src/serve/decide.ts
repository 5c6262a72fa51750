import { SandboxError } from '@org/core';
import type { RunRecord, Runs } from '@org/runs';
import type { Decision } from '@org/server';
import type { ClientGrant } from './client-grant.ts';
import { questionsOf } from './run-mapping.ts';

/**
 * Keeps what was decided about calls of a run that wait.
 * @throws SandboxError `NOT_ALLOWED`: it is not its maker's to decide; `USAGE`: no such question
 */
export function decide(
  runs: Runs,
  record: RunRecord,
  decisions: readonly Decision[],
  { approvals, principal }: Pick<ClientGrant, 'approvals' | 'principal'>,
): void {
  const open = new Map(questionsOf(record.asks).map((question) => [question.id, question]));
  for (const { questionId, approve, by } of decisions) {
    const mayApprove = approvals === 'agent' || (approvals === 'client' && by === 'client');
    if (approve && !mayApprove) {
      throw new SandboxError('NOT_ALLOWED', `A call cannot be approved here by the ${by}.`, {
        hint: 'The operator decides on it.',
      });
    }
    if (!open.has(questionId)) {
      throw new SandboxError('USAGE', `The run has no open question ${questionId}.`, {
        hint: 'Look at the run again: others may have decided meanwhile.',
      });
    }
  }
  for (const { questionId, approve, further, by } of decisions) {
    runs.store.decide(record.runId, Number(questionId), {
      verdict: approve ? 'approved' : 'refused',
      decidedAt: Date.now(),
      decidedBy: `${principal} (${by})`,
      ...(approve && further > 0 && { terms: { next: further } }),
    });
  }
}
