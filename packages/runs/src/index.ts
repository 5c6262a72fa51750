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
  ClaimedRun,
  JournalEntry,
  NewRun,
  Retention,
  RunBase,
  RunStore,
  Suspension,
} from './run-store.ts';
export type {
  ForkOptions,
  ResumeOptions,
  Runs,
  RunsOptions,
  StartOptions,
  UnknownCalls,
} from './runs.ts';
