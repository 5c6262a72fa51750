import { counted, type RecordedRun, SandboxError } from '@org/core';
import type { KeptRun } from './run-store.ts';

/**
 * What forks of a run after its `step`-th step have in common: the steps up to there, and the calls
 * that were made by then, with their answers whenever those came.
 * @throws SandboxError `USAGE`
 */
export function forkPoint(
  { run, recorded, madeAfter }: KeptRun,
  step: number = recorded.steps.length,
  count: number,
): RecordedRun {
  const { calls, steps } = recorded;
  if (!Number.isSafeInteger(step) || step < 0 || step > steps.length) {
    throw new SandboxError(
      'USAGE',
      `The run ${run.runId} has ${counted(steps.length, 'step')}: cannot fork it after step ${step}.`,
    );
  }
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new SandboxError(
      'USAGE',
      `The number of forks must be a whole number from 1, not ${count}.`,
    );
  }
  const made = calls.filter(({ id }) => (madeAfter.get(id) ?? 0) <= step);
  return { calls: made, steps: steps.slice(0, step) };
}
