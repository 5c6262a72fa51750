export type {
  AgentClient,
  AgentHost,
  AgentRun,
  AgentRunEvent,
  AgentRunRecord,
  AgentRunSummary,
  ApprovalRule,
  Decision,
  ExecuteRequest,
  PendingQuestion,
  ProgramDiagnostic,
  RecordedToolCall,
  ResumeRequest,
  RunWatch,
  SkillRequest,
  SkillSummary,
} from './agent-host.ts';
export {
  AgentServer,
  type AgentServerOptions,
  type ConnectOptions,
  createAgentServer,
} from './agent-server.ts';
export { localPrincipal } from './http/client.ts';
export { createLog, type LogLevel } from './http/log.ts';
export type { GrantedLimits, GrantedPolicy, TokenGrant, TokenUse } from './http/token-grant.ts';
export type { TokenStore, TokenSummary } from './http/token-store.ts';
export { traceRuns } from './http/trace-runs.ts';
export { type StdioConnection, type StdioOptions, serveOverStdio } from './stdio.ts';
