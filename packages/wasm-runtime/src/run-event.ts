import type { CallRecord, LogEntry } from '@org/core';

/**
 * What happens during a run, for whoever watches it. `replayed`: it comes of the recorded part of the
 * run, so that it has happened before; of logs that is known while recorded steps are repeated.
 */
export type RunEvent =
  | { readonly type: 'call'; readonly call: CallRecord; readonly replayed?: true }
  | { readonly type: 'log'; readonly log: LogEntry; readonly replayed?: true };
