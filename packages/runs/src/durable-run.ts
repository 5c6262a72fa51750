import type { RunOutcome } from '@org/core';

/** A run under way whose record is kept. */
export interface DurableRun {
  readonly runId: string;
  /** How it ended, once that is kept: `suspended` if it can go on. Rejects only when the host fails. */
  readonly outcome: Promise<RunOutcome>;
  /**
   * Takes the run out of memory: from the store it goes on in this process or another. Resolves when
   * it is kept. Tool calls that are under way get `waitMs` milliseconds; default: the run's wall limit.
   * Those not answered by then are unknown; those not sent are made when it is resumed.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  suspend(options?: { readonly waitMs?: number }): Promise<void>;
}
