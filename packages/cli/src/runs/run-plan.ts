import type { Approver, RecordedRun } from '@org/core';
import { type Plan, type PlanGrant, type PlanPorts, planGrant, type StartOptions } from '@org/runs';

/** What lets a run do what its plan lists, and nothing else. */
export interface PlannedRun {
  readonly grant: PlanGrant;
  /** Of the program, as it was planned. */
  readonly options: StartOptions;
}

/**
 * @param approver asked about effects of which the plan could not tell what they would be
 * @param recorded what the run has done before it was interrupted
 */
export function plannedRun(
  plan: Plan,
  ports: PlanPorts,
  approver: Approver | undefined,
  recorded?: RecordedRun,
): PlannedRun {
  const grant = planGrant(plan, {
    ...ports,
    ...(approver && { approver }),
    ...(recorded && { recorded }),
  });
  const { name, entry, args, seed, startTime, limits } = plan.program;
  const { tools, files, state, onExtensionCall, timetable } = grant;
  return {
    grant,
    options: {
      ...{ args, seed, startTime, limits, tools, files, state, onExtensionCall, timetable },
      ...(name === undefined ? {} : { name }),
      ...(entry === undefined ? {} : { entry }),
      parent: { runId: plan.digest, as: 'plan' },
    },
  };
}
