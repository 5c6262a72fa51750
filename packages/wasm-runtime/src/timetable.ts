import type { RunStep } from '@org/core';

/** The answers that a step gets, by the ids of their calls, and what the program's clock shows in it. */
export type TimedStep = Pick<RunStep, 'clock' | 'answers'>;

/**
 * What is left of a timetable for a run that has made steps before; nothing where those were not the
 * first ones of it.
 * @param past steps of the run that are on record
 * @param done how many steps it has made, or will have made when the recorded ones are repeated
 */
export function timesLeft(
  timetable: readonly TimedStep[],
  past: readonly TimedStep[],
  done: number,
): readonly TimedStep[] {
  const isKept = past.slice(0, done).every(({ answers }, index) => {
    const planned = timetable[index]?.answers ?? [];
    return planned.length === answers.length && planned.every((id, at) => id === answers[at]);
  });
  return isKept ? timetable.slice(done) : [];
}
