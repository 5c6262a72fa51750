import type { Answer } from './host-calls.ts';

/** Answers that were handed in together, and when. A run's steps and answers decide its fuel. */
export interface RunStep {
  /** What the program's clock showed, milliseconds since 1970. */
  readonly clock: number;
  /** Ids of the answered calls, in their order. Calls are numbered from 1 as the program makes them. */
  readonly answers: readonly number[];
}

export interface Answered {
  readonly id: number;
  readonly answer: Answer;
}

/** Decides which answers a step gets: all that are there, or those that a recorded run got. */
export class StepScript {
  readonly #onStep: (step: RunStep) => void;
  #rest: readonly RunStep[];

  /** @param steps of a recorded run; none: answers go in as they come */
  constructor(steps: readonly RunStep[] = [], onStep: (step: RunStep) => void = () => {}) {
    this.#rest = steps;
    this.#onStep = onStep;
  }

  /**
   * What the next step gets; undefined while answers are missing that the recorded one had. A run
   * that makes other calls than the recorded one leaves the script and gets answers as they come.
   * @param answers those that wait
   * @param settled whether no call is under way: then no other answer will come
   */
  take(
    answers: readonly Answered[],
    settled: boolean,
    now: number,
  ): { readonly clock: number; readonly due: readonly Answered[] } | undefined {
    const [step, ...rest] = this.#rest;
    const wanted = step?.answers.map((id) => answers.find((one) => one.id === id));
    const due = wanted?.filter((one) => one !== undefined);
    if (step !== undefined && due?.length === step.answers.length && due.length > 0) {
      this.#rest = rest;
      return this.#tell(step.clock, due);
    }
    if (step !== undefined && !settled) return undefined;
    this.#rest = [];
    return this.#tell(now, answers);
  }

  #tell(clock: number, due: readonly Answered[]) {
    this.#onStep({ clock, answers: due.map(({ id }) => id) });
    return { clock, due };
  }
}
