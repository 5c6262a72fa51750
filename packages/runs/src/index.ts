export { type Decision, decide, type StoredApproverOptions, storedApprover } from './approval.ts';
export type { Ask, AskDecision, NewAsk } from './ask.ts';
export type { DurableRun } from './durable-run.ts';
export { type Fix, type FixOptions, type FixReport, openFix } from './fix/fix.ts';
export { fixText } from './fix/fix-text.ts';
export { openRuns } from './open-runs.ts';
export type { ActingPorts, PlanPorts, WithPrograms } from './plan/acting-ports.ts';
export type {
  Dependence,
  EffectAnswer,
  Plan,
  PlannedEffect,
  PlannedProgram,
  PlannedReads,
  PlannedTimes,
  PlanStop,
} from './plan/plan.ts';
export { type GrantOptions, type PlanGrant, planGrant } from './plan/plan-grant.ts';
export { type PlanOptions, parsePlan, planRun } from './plan/plan-run.ts';
export { type PlanTextOptions, planText } from './plan/plan-text.ts';
export {
  type LimitReceipt,
  type Receipt,
  receiptOf,
  type ToolReceipt,
  tokensOf,
} from './receipt.ts';
export { receiptText } from './receipt-text.ts';
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
  BroughtRun,
  JournalEntry,
  KeptRun,
  NewRun,
  Retention,
  RunStore,
  SuspendedRun,
} from './run-store.ts';
export type {
  ForkOptions,
  HostLimits,
  ResumeOptions,
  Runs,
  RunsOptions,
  StartOptions,
} from './runs.ts';
export { openRunStore, type RunStoreOptions } from './sqlite/open-store.ts';
export type { UnknownCalls } from './unknown-calls.ts';
