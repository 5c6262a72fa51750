export {
  Checker,
  type CheckerOptions,
  type CheckOptions,
  createChecker,
  type ProgramTypes,
} from './checker.ts';
export type { CheckDiagnostic, CheckResult } from './diagnostic.ts';
export type { KeptVerdictsOptions, VerdictStore } from './kept-verdicts.ts';
export { describeDiagnostics } from './report.ts';
