import type { Limits, ProfileName } from '@org/core';
import type { ApprovalRule } from '../agent-host.ts';

/** What a token is good for: MCP, or reading `/metrics`. Neither includes the other. */
export type TokenUse = 'agents' | 'metrics';

/** Patterns of tools, as the operator's own policy has them. */
export interface GrantedPolicy {
  readonly allow?: readonly string[];
  readonly ask?: readonly string[];
  readonly deny?: readonly string[];
}

/** The most that a run may use: a profile, and what is put over it. */
export interface GrantedLimits {
  readonly profile?: ProfileName;
  readonly overrides?: Partial<Limits>;
}

/** What the holder of a token may do. What is left out is as for the local client. */
export interface TokenGrant {
  /** The client's principal. */
  readonly name: string;
  readonly use: TokenUse;
  /** Counts besides the operator's policy: of both the stricter one. */
  readonly policy?: GrantedPolicy;
  readonly limits?: GrantedLimits;
  /** Names of the skills that may be run; an empty list: none. */
  readonly skills?: readonly string[];
  readonly approvals?: ApprovalRule;
}
