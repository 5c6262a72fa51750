import type { RunOutcome } from '@org/core';

export interface SuspendOptions {
  /**
   * What tool calls get that were sent, in milliseconds. Those not answered by then are unknown to
   * the program. Default: the run's wall limit. Those not sent are taken back at once, and made when
   * the run is resumed.
   */
  readonly waitMs?: number;
}

/** A run under way whose record is kept. */
export interface DurableRun {
  readonly runId: string;
  /** How it ended, once that is kept: `suspended` if it can go on. Rejects only when the host fails. */
  readonly outcome: Promise<RunOutcome>;
  /**
   * Takes the run out of memory: from the store it goes on in this process or another. Resolves when
   * it is kept.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  suspend(options?: SuspendOptions): Promise<void>;
}
