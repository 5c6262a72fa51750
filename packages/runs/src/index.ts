export type { Ask, AskDecision, NewAsk } from './ask.ts';
export type { DurableRun, SuspendOptions } from './durable-run.ts';
export { openRuns } from './open-runs.ts';
export type { ReplayDifference, ReplayReport } from './replay-report.ts';
export type { DocumentCall, RunDocument } from './run-document.ts';
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
} from './runs.ts';
export { openRunStore, type RunStoreOptions } from './sqlite/store.ts';
export { type Receipt, receiptOf } from './receipt.ts';
export { receiptText } from './receipt-text.ts';
export type { UnknownCalls } from './unknown-calls.ts';
export { type Decision, decide, storedApprover, type StoredApproverOptions } from './approval.ts';
export type { Plan, PlannedEffect, PlannedProgram } from './plan/plan.ts';
export { type GrantOptions, type PlanGrant, planGrant } from './plan/plan-grant.ts';
export { parsePlan, type PlanOptions, type PlanPorts, planRun } from './plan/plan-run.ts';
export { planText, type PlanTextOptions } from './plan/plan-text.ts';
