import type { HostAnswer, RunStep } from '@org/core';
import type { RunClock } from './run-clock.ts';
import type { TimedStep } from './timetable.ts';

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
  /** What the steps behind the recorded ones are to get, and when; left where that cannot be. */
  readonly timetable?: readonly TimedStep[];
  /** What the clock shows when the recorded and the timed steps are over, if that is later. */
  readonly clock?: number | undefined;
  /** Text from which random numbers follow then, unless a recorded step has one. */
  readonly seed?: string | undefined;
}

/** Decides which answers a step gets and when: as recorded, then by a timetable, then as they come. */
export class StepScript {
  readonly #steps: readonly RunStep[];
  readonly #options: ScriptOptions;
  readonly #clock: RunClock;
  readonly #over = Promise.withResolvers<void>();
  #timed: readonly TimedStep[];
  #seed: string | undefined;
  #at = 0;
  #timedAt = 0;
  #isOver = false;

  constructor(options: ScriptOptions, clock: RunClock) {
    this.#options = options;
    this.#steps = options.steps ?? [];
    this.#timed = options.timetable ?? [];
    this.#seed = options.seed;
    this.#clock = clock;
    if (this.#steps.length === 0) this.#endRecorded();
  }

  /** Whether the recorded part is over, so that calls are carried out. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it does. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Lets the run go on by itself: it is not the recorded one any more, nor the timed one. */
  leave(): void {
    if (this.#isOver) return;
    this.#timed = [];
    this.#endRecorded();
  }

  #endRecorded(): void {
    this.#isOver = true;
    if (this.#timed.length === 0) this.#goOn();
    this.#over.resolve();
  }

  /** From here on the clock is the run's own. */
  #goOn(): void {
    this.#timed = [];
    this.#clock.goTo(Math.max(this.#clock.now, this.#options.clock ?? 0));
  }

  /**
   * What the next step gets; undefined while answers are missing that the recorded or timed one has.
   * @param answers those that wait, at least one
   * @param isOpen whether a call is under way
   */
  take(answers: readonly Answered[], isOpen: (id: number) => boolean): NextStep | undefined {
    const step = this.#isOver ? undefined : this.#steps[this.#at];
    if (step !== undefined) {
      const due = dueAt(step, answers, isOpen);
      if (due === 'later') return undefined;
      if (due !== 'never') return this.#repeat(step, due);
      this.leave();
    }
    const timed = this.#timed[this.#timedAt];
    if (timed !== undefined) {
      const due = dueAt(timed, answers, isOpen);
      if (due === 'later') return undefined;
      if (due !== 'never') return this.#inTime(timed, due);
      this.#goOn();
    }
    return this.#live(answers, this.#clock.now);
  }

  #live(due: readonly Answered[], clock: number): NextStep {
    const seed = this.#seed;
    this.#seed = undefined;
    const { elapsedMs } = this.#clock;
    const answers = due.map(({ id }) => id);
    const step = { clock, answers, elapsedMs, ...(seed !== undefined && { seed }) };
    return { step, due, replayed: false };
  }

  #inTime(timed: TimedStep, due: readonly Answered[]): NextStep {
    this.#clock.goTo(timed.clock);
    const next = this.#live(due, timed.clock);
    this.#timedAt++;
    if (this.#timedAt === this.#timed.length) this.#goOn();
    return next;
  }

  #repeat(step: RunStep, due: readonly Answered[]): NextStep {
    this.#clock.goTo(step.clock, this.#options.keepsElapsed ? step.elapsedMs : undefined);
    if (step.seed !== undefined) this.#seed = undefined;
    this.#at++;
    if (this.#at === this.#steps.length) this.#endRecorded();
    return { step, due, replayed: true };
  }
}

/** The answers of a step; `later` while one of them is to come, `never` where one cannot. */
function dueAt(
  { answers: ids }: TimedStep,
  answers: readonly Answered[],
  isOpen: (id: number) => boolean,
): readonly Answered[] | 'later' | 'never' {
  const found = new Map(answers.map((one) => [one.id, one]));
  const due = ids.flatMap((id) => found.get(id) ?? []);
  if (due.length === ids.length && due.length > 0) return due;
  return ids.some((id) => !found.has(id) && isOpen(id)) ? 'later' : 'never';
}
