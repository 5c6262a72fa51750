import type { HostAnswer, RunStep } from '@org/core';
import type { RunClock } from './run-clock.ts';

/** An answer that waits to be handed in. */
export interface Answered {
  readonly id: number;
  readonly answer: HostAnswer;
  /** Is logged when it is handed in; once a tool and run. */
  readonly warning?: { readonly tool: string; readonly message: string };
}

export interface NextStep {
  readonly step: RunStep;
  readonly due: readonly Answered[];
  /** Whether it is a recorded one. */
  readonly replayed: boolean;
}

export interface ScriptOptions {
  /** Of a recorded run; none: answers go in as they come. */
  readonly steps?: readonly RunStep[];
  /** Whether the recorded wall time counts as used. */
  readonly keepsElapsed?: boolean;
  /** What the clock shows when the recorded steps are over, if that is later. */
  readonly clock?: number | undefined;
  /** Text from which random numbers follow then, unless a recorded step has one. */
  readonly seed?: string | undefined;
}

/** Decides which answers a step gets and when: as in a recorded run, then as they come. */
export class StepScript {
  readonly #steps: readonly RunStep[];
  readonly #options: ScriptOptions;
  readonly #clock: RunClock;
  readonly #over = Promise.withResolvers<void>();
  #seed: string | undefined;
  #at = 0;
  #isOver = false;

  constructor(options: ScriptOptions, clock: RunClock) {
    this.#options = options;
    this.#steps = options.steps ?? [];
    this.#seed = options.seed;
    this.#clock = clock;
    if (this.#steps.length === 0) this.leave();
  }

  /** Whether the run goes on by itself. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it does. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Lets the run go on by itself: it is not the recorded one any more. */
  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clock.goTo(Math.max(this.#clock.now, this.#options.clock ?? 0));
    this.#over.resolve();
  }

  /**
   * What the next step gets; undefined while answers are missing that the recorded one had.
   * @param answers those that wait, at least one
   * @param isOpen whether a call is under way
   */
  take(answers: readonly Answered[], isOpen: (id: number) => boolean): NextStep | undefined {
    const step = this.#isOver ? undefined : this.#steps[this.#at];
    if (step !== undefined) {
      const found = new Map(answers.map((one) => [one.id, one]));
      const due = step.answers.flatMap((id) => found.get(id) ?? []);
      if (due.length === step.answers.length && due.length > 0) return this.#repeat(step, due);
      if (step.answers.some((id) => !found.has(id) && isOpen(id))) return undefined;
      this.leave();
    }
    const seed = this.#seed;
    this.#seed = undefined;
    const { now: clock, elapsedMs } = this.#clock;
    const ids = answers.map(({ id }) => id);
    const live = { clock, answers: ids, elapsedMs, ...(seed !== undefined && { seed }) };
    return { step: live, due: answers, replayed: false };
  }

  #repeat(step: RunStep, due: readonly Answered[]): NextStep {
    this.#clock.goTo(step.clock, this.#options.keepsElapsed ? step.elapsedMs : undefined);
    if (step.seed !== undefined) this.#seed = undefined;
    this.#at++;
    if (this.#at === this.#steps.length) this.leave();
    return { step, due, replayed: true };
  }
}
