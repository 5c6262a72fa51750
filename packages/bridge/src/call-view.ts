import type { ServerCatalog, ServerId, ServerMethod, ToolDefinition } from '@org/core';
import { Approvals, type ApprovalsOptions, memoryApprovals } from './approvals.ts';
import type { ClientRules } from './bridge-options.ts';
import { methodDefinition } from './method-definition.ts';
import { Policy, type PolicyDecision, strictest } from './policy.ts';

/** The catalogs that a run began with, by server. */
export type Pins = Map<string, ServerCatalog>;

/** What decides on the calls of one run, or of all that is not a run's. */
export interface CallView {
  /** For whom calls are made. */
  readonly principal: string;
  /** All count: of several the strictest. */
  readonly policies: readonly Policy[];
  /** That may be used, sorted. */
  readonly servers: readonly ServerId[];
  readonly approvals: Approvals;
  readonly pins?: Pins;
}

/** The view of a client, whose rules hold beside those of `base`. Throws as `new Policy`. */
export function viewFor(
  { principal, allow, ask, deny, approvals = memoryApprovals() }: ClientRules,
  base: CallView,
  told: Pick<ApprovalsOptions, 'approver' | 'onEvent'>,
  configured: readonly ServerId[],
): CallView {
  const rules = { ...(allow && { allow }), ...(ask && { ask }), ...(deny && { deny }) };
  const policy = new Policy(rules, configured);
  return {
    principal,
    policies: [...base.policies, policy],
    servers: base.servers.filter((server) => policy.mayUse(server)),
    approvals: new Approvals({ ...told, store: approvals }),
  };
}

export function decide(view: CallView, server: ServerId, tool: ToolDefinition): PolicyDecision {
  return strictest(view.policies.map((policy) => policy.decide(server, tool)));
}

/** Whether a program may see what there is, without anybody being asked. */
export function mayAskFor(view: CallView, server: ServerId, list: ServerMethod): boolean {
  const tool = methodDefinition(list);
  return view.policies.every((policy) => policy.decide(server, tool).action === 'allow');
}

/** The catalog that the run saw first; without pins the one that there is. */
export function pin(pins: Pins | undefined, catalog: ServerCatalog): ServerCatalog {
  if (pins === undefined) return catalog;
  const { server } = catalog;
  if (!pins.has(server)) pins.set(server, catalog);
  return pins.get(server) as ServerCatalog;
}
