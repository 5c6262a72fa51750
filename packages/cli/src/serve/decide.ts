import { SandboxError } from '@org/core';
import { decide, type RunRecord, type RunStore } from '@org/runs';
import type { Decision } from '@org/server';
import type { ClientGrant } from './client-grant.ts';
import { questionsOf } from './run-mapping.ts';

/**
 * Keeps what was decided about calls of a run that wait; all of it, or nothing.
 * @throws SandboxError `NOT_ALLOWED`: it is not its maker's to decide; `USAGE`: no such question
 */
export function decideFor(
  store: RunStore,
  { runId, asks }: Pick<RunRecord, 'runId' | 'asks'>,
  decisions: readonly Decision[],
  { approvals, principal }: Pick<ClientGrant, 'approvals' | 'principal'>,
): void {
  const open = new Set(questionsOf(asks).map(({ id }) => id));
  for (const { questionId, approve, by } of decisions) {
    const mayApprove = approvals === 'agent' || (approvals === 'client' && by === 'client');
    if (approve && !mayApprove) {
      throw new SandboxError('NOT_ALLOWED', `The ${by} cannot approve calls here.`, {
        hint: `Whoever operates this server decides: mcp-cli run approve ${runId}.`,
      });
    }
    if (!open.has(questionId)) {
      throw new SandboxError('USAGE', 'One of these calls does not wait for a decision any more.', {
        hint: 'Call resume_run without a decision to see what does.',
      });
    }
  }
  for (const { questionId, approve, further, by } of decisions) {
    decide(store, runId, Number(questionId), {
      answer: approve ? 'once' : 'no',
      by: by === 'client' ? `${principal}, asked by the client` : `${principal}, by its model`,
      ...(approve && { next: further }),
    });
  }
}
