import { createHash, randomUUID } from 'node:crypto';
import {
  canonicalJson,
  type JsonValue,
  type RunOutcome,
  resolveLimits,
  SandboxError,
} from '@org/core';
import type { RunOptions, Sandbox } from '@org/wasm-runtime';
import type { PlanPorts } from './acting-ports.ts';
import { Effects } from './effects.ts';
import type { Plan, PlannedProgram, PlanStop } from './plan.ts';
import { TimesKeeper } from './planned-times.ts';
import { withheldPorts } from './withheld.ts';
import { withheldExtensions } from './withheld-extensions.ts';

export interface PlanOptions
  extends PlanPorts,
    Pick<
      RunOptions,
      'name' | 'entry' | 'args' | 'seed' | 'startTime' | 'profile' | 'limits' | 'search' | 'signal'
    > {}

/**
 * Runs a program with its writes withheld, and lists them. Calls of tools that only read are made.
 * So are host functions of the embedder (`extensions`) that do not say they are `readOnly`: there the
 * program stops.
 * @throws SandboxError `USAGE` for options out of range, and as `sandbox.run`
 */
export async function planRun(
  sandbox: Sandbox,
  source: string,
  options: PlanOptions,
): Promise<Plan> {
  const { programs, search, signal } = options;
  const program = plannedProgram(source, options);
  const effects = new Effects(program.seed);
  const stop = new AbortController();
  effects.stopped.then(() => stop.abort());
  const times = new TimesKeeper(() =>
    effects.end({ because: 'The programs of a plan are answered at most 100,000 times.' }),
  );
  const acting = withheldPorts(options, effects, times);
  const outcome = await sandbox.run(source, {
    ...program,
    tools: programs?.(acting, program) ?? acting.tools,
    files: acting.files,
    state: acting.state,
    onExtensionCall: withheldExtensions(effects),
    ...acting.timing,
    ...(search && { search }),
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  });
  const because = effects.stop ?? stopOf(outcome);
  const { listed } = effects;
  return withDigest({
    format: 'mcp-cli.plan',
    version: 2,
    status: because === undefined ? 'complete' : 'partial',
    ...(because && { stop: because }),
    program,
    engineDigest: sandbox.engineDigest,
    effects: listed,
    times: times.times,
    reads: effects.reads,
    ...(outcome.status === 'returned' && { value: outcome.value }),
  });
}

function plannedProgram(source: string, options: PlanOptions): PlannedProgram {
  const { name, entry, args = {}, profile, limits } = options;
  return {
    source,
    ...(name !== undefined && { name }),
    ...(entry !== undefined && { entry }),
    args,
    seed: options.seed ?? randomUUID(),
    startTime: options.startTime ?? Date.now(),
    limits: resolveLimits(profile, limits),
  };
}

function stopOf(outcome: RunOutcome): PlanStop | undefined {
  switch (outcome.status) {
    case 'returned':
      return undefined;
    case 'threw':
      return {
        because: `The program ended with ${outcome.error.name}: ${outcome.error.message}`,
      };
    case 'limit':
      return { because: `The program reached its limit of ${outcome.limit.kind}.` };
    case 'aborted':
      return { because: outcome.error.message };
    case 'suspended':
      return { because: 'The run was suspended.' };
  }
}

function withDigest(plan: Omit<Plan, 'digest'>): Plan {
  return { ...plan, digest: digestOf(plan) };
}

function digestOf(plan: Omit<Plan, 'digest'>): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/**
 * A plan that was kept as JSON.
 * @throws SandboxError `PLAN_DAMAGED` for what is not a plan, or not the one of its digest
 */
export function parsePlan(value: JsonValue): Plan {
  const plan = value as unknown as Plan;
  if (plan?.format === 'mcp-cli.plan' && plan.version === 2) {
    const { digest, ...rest } = plan;
    if (digest === digestOf(rest)) return plan;
  }
  throw new SandboxError('PLAN_DAMAGED', 'This is not a plan, or it was changed afterwards.', {
    hint: 'Make the plan again.',
  });
}
