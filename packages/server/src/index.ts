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
export { type StdioConnection, type StdioOptions, serveOverStdio } from './stdio.ts';
