import type { JsonValue, Limits, ProfileName, ToolSearch } from '@org/core';
import { type Plan, type PlanPorts, planRun, planText } from '@org/runs';
import type { Sandbox } from '@org/wasm-runtime';
import { jsonText } from '../plain-text.ts';
import { keepPlan, shortDigest } from './plan-store.ts';

export interface MakePlanOptions extends PlanPorts {
  readonly name: string;
  readonly entry?: string;
  readonly args?: JsonValue;
  readonly seed?: string;
  readonly profile: ProfileName;
  readonly limits: Partial<Limits>;
  readonly search: ToolSearch;
  readonly signal: AbortSignal;
}

/** Makes the plan of a program, and keeps it for `--approved-plan`. */
export async function makePlan(
  sandbox: Sandbox,
  source: string,
  options: MakePlanOptions,
): Promise<Plan> {
  const plan = await planRun(sandbox, source, options);
  await keepPlan(plan);
  return plan;
}

/** A plan for a terminal, and how it is carried out; nothing in it acts or hides. */
export function shownPlan(plan: Plan): string {
  const value = plan.value === undefined ? '' : `\nIt would return:\n${jsonText(plan.value)}\n`;
  const next =
    plan.effects.length === 0
      ? ''
      : `\nLet it do this, and nothing else: mcp-cli execute --approved-plan ${shortDigest(plan.digest)}\n`;
  return `${planText(plan)}${value}${next}`;
}
