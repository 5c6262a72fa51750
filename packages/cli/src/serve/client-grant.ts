import type { ApprovalStore, ClientRules } from '@org/bridge';
import type { Limits } from '@org/core';
import type { ApprovalRule, TokenGrant } from '@org/server';
import { mostFor } from './limits-clamp.ts';

/** What one client may do. */
export interface ClientGrant {
  readonly principal: string;
  readonly rules: Omit<ClientRules, 'observer'>;
  readonly limits: Limits;
  readonly approvals: ApprovalRule;
  /** Which skills it may run. */
  readonly mayRun: (skill: string) => boolean;
}

export interface OperatorsWord {
  /** The most that a run of any client may use. */
  readonly limits: Limits;
  /** Of clients whose token says nothing else. */
  readonly approvals: ApprovalRule;
  /** Where it is remembered what was approved for always, for each client. */
  readonly approvalsOf: (principal: string) => ApprovalStore | undefined;
}

/**
 * The operator's word on all clients, and what a token says of its own.
 * @throws SandboxError `USAGE`: limits of a token that are none
 */
export function grantFor(
  principal: string,
  token: TokenGrant | undefined,
  { limits, approvals, approvalsOf }: OperatorsWord,
): ClientGrant {
  const { policy, skills } = token ?? {};
  const store = approvalsOf(principal);
  return {
    principal,
    rules: { ...policy, principal, ...(store && { approvals: store }) },
    limits: mostFor(limits, token?.limits),
    approvals: token?.approvals ?? approvals,
    mayRun: (skill) => skills?.includes(skill) ?? true,
  };
}
