import type { CallRecord, LogEntry } from '@org/core';

/** What happens during a run, for whoever watches it. */
export type RunEvent =
  | { readonly type: 'call'; readonly call: CallRecord }
  | { readonly type: 'log'; readonly log: LogEntry };
