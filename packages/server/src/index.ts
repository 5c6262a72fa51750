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
export type { HttpCaps } from './http/caps.ts';
export { type HttpClient, localPrincipal } from './http/client.ts';
export type { HttpOptions, HttpServing } from './http/http-options.ts';
export { createLog, type LogLevel } from './http/log.ts';
export { createMetrics, type GaugeName, type ServerMetrics } from './http/metrics.ts';
export { serveHttp } from './http/serve-http.ts';
export type { GrantedLimits, GrantedPolicy, TokenGrant, TokenUse } from './http/token-grant.ts';
export { openTokenStore, type TokenStore, type TokenSummary } from './http/token-store.ts';
export { traceRuns } from './http/trace-runs.ts';
export { type StdioConnection, type StdioOptions, serveOverStdio } from './stdio.ts';
