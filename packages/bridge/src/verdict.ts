import type { ErrorCode, ToolCallOutcome } from '@org/core';
import type { PolicyAction, PolicyDecision } from './policy.ts';

/** How a call came to be approved: this one, this and all later ones, or by an earlier answer. */
type ApprovalKind = 'once' | 'always' | 'remembered';

export interface Approval {
  readonly approved: ApprovalKind;
  /** Who gave the answer, as the approver calls itself. */
  readonly by?: string;
}

/** What was decided on a call, and by which rule. */
export interface Verdict extends PolicyDecision, Partial<Approval> {
  readonly action: PolicyAction;
}

/** An outcome, and beside it what the program is not told. */
export interface Answered {
  readonly outcome: ToolCallOutcome;
  /** Left out where the call failed before anything was decided. */
  readonly verdict?: Verdict | undefined;
}

export const notTrusted: Verdict = {
  action: 'deny',
  because: 'the file that configures the server is not trusted',
};

/** What the operator's rules stopped. */
export const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_ALLOWED',
  'APPROVAL_REQUIRED',
  'DEFINITION_CHANGED',
  'NOT_TRUSTED',
  'RATE_LIMITED',
]);
