import type { RunJournal } from '@org/core';
import type { TimedStep } from '@org/wasm-runtime';
import type { Plan, PlannedTimes } from './plan.ts';

/** Of all programs of a plan together. */
const mostSteps = 100_000;

/** Keeps when the programs of a plan that is being made get their answers. */
export class TimesKeeper {
  readonly #kept: { readonly of: readonly number[]; readonly steps: TimedStep[] }[] = [];
  readonly #onFull: () => void;
  #steps = 0;

  /** @param onFull told when there are over 100,000 steps, of which none is kept any more */
  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  /** A journal for the program that these host calls lead to. */
  journal(of: readonly number[]): RunJournal {
    const steps: TimedStep[] = [];
    this.#kept.push({ of, steps });
    return {
      called: () => {},
      sent: () => {},
      answered: () => {},
      stepped: ({ clock, answers }) => {
        this.#steps++;
        if (this.#steps > mostSteps) return this.#onFull();
        steps.push({ clock, answers });
      },
    };
  }

  get times(): readonly PlannedTimes[] {
    return this.#kept;
  }
}

/** Of the program that these host calls lead to; none for one that the plan does not have. */
export function timesIn({ times }: Plan, path: readonly number[]): readonly TimedStep[] {
  const key = path.join();
  return times.find(({ of }) => of.join() === key)?.steps ?? [];
}
