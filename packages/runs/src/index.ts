export type { Ask, AskDecision, NewAsk } from './ask.ts';
export type { DurableRun } from './durable-run.ts';
export type { ReplayDifference, ReplayReport } from './replay-report.ts';
export type { RunDocument } from './run-document.ts';
export type {
  RunFilter,
  RunHost,
  RunParent,
  RunRecord,
  RunStatus,
  RunSummary,
} from './run-record.ts';
export type {
  JournalEntry,
  KeptRun,
  NewRun,
  Retention,
  RunStore,
  SuspendedRun,
} from './run-store.ts';
export type {
  ForkOptions,
  ResumeOptions,
  Runs,
  RunsOptions,
  StartOptions,
  UnknownCalls,
} from './runs.ts';
export { openRunStore, type RunStoreOptions } from './sqlite/store.ts';
