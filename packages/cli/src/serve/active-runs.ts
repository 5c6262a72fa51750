import type { RunOutcome } from '@org/core';
import type { DurableRun } from '@org/runs';

/** A run of this process. */
export interface ActiveRun {
  readonly runId: string;
  readonly outcome: Promise<RunOutcome>;
  /** Left out: it is not recorded, and ends with the process. */
  readonly suspend?: DurableRun['suspend'];
  readonly abort: () => void;
}

/** How long calls under way get when the process ends. */
const waitMs = 1_000;

/** The runs of this process that have not ended. */
export class ActiveRuns {
  readonly #runs = new Set<ActiveRun>();
  readonly #onEnd: (outcome: RunOutcome) => void;

  constructor(onEnd: (outcome: RunOutcome) => void) {
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Its outcome; until then it counts. */
  async until(run: ActiveRun): Promise<RunOutcome> {
    this.#runs.add(run);
    try {
      const outcome = await run.outcome;
      this.#onEnd(outcome);
      return outcome;
    } finally {
      this.#runs.delete(run);
    }
  }

  /** Takes those that are recorded out of memory, to go on later, and aborts the others. */
  async suspendAll(): Promise<void> {
    await Promise.all([...this.#runs].map(suspendOrAbort));
  }
}

/** Resolves when the run is out of memory. Calls under way get a second. */
export async function suspendOrAbort({ suspend, abort, outcome }: ActiveRun): Promise<void> {
  // It may end by itself meanwhile.
  if (suspend === undefined) abort();
  else await suspend({ waitMs }).catch(abort);
  await outcome.catch(() => {});
}
