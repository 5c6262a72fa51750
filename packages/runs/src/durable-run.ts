import type { RunOutcome } from '@org/core';
import type { FreezeOptions } from '@org/wasm-runtime';

/** A run under way whose record is kept. */
export interface DurableRun {
  readonly runId: string;
  /** How it ended, once that is kept: `suspended` if it can go on. Rejects only when the host fails. */
  readonly outcome: Promise<RunOutcome>;
  /**
   * Takes the run out of memory: from the store it goes on in this process or another. Resolves when
   * it is kept. Calls that were not sent are taken back at once, and made when it is resumed; the
   * others are waited for, unless `options` say otherwise.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  suspend(options?: FreezeOptions): Promise<void>;
}
