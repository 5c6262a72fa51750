import type { RunStore } from './run-store.ts';

/** What a person's yes covers beside the call that was asked about. */
export interface DecisionTerms {
  /** Who decides, for the records. */
  readonly by: string;
  /** The yes also holds for the next calls of the same tool in this run, at most so many. Default 0. */
  readonly next?: number;
  /**
   * Of these, only such whose parameters are equal but for the members of these names. Left out: all
   * parameters.
   */
  readonly varying?: readonly string[];
}

export interface StoredApproverOptions {
  readonly store: RunStore;
  /** Takes a run out of memory, once a question about it is kept. */
  readonly suspend: (runId: string) => Promise<void>;
  /** Whether a call has been approved otherwise, by a plan for example. Default: none. */
  readonly isApproved?: (runId: string, callId: number) => boolean;
}
