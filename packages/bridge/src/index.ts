export { type ApprovalFile, approvalFile } from './approval-file.ts';
export type { ApprovalStore } from './approvals.ts';
export {
  type Audit,
  type AuditGap,
  type AuditOptions,
  type AuditRecord,
  createAudit,
  readAudit,
} from './audit.ts';
export type { ReconnectOptions } from './breaker.ts';
export { createBridge } from './bridge.ts';
export type { BridgeCaps } from './bridge-caps.ts';
export type { BridgeEvent } from './bridge-event.ts';
export type { Bridge, BridgeOptions, ClientRules, PinnedBridge } from './bridge-options.ts';
export {
  changesSince,
  type DefinitionChange,
  type PinnedDefinition,
  pin,
} from './definition-change.ts';
export { type ContentFilterOptions, createContentFilter } from './filter/content-filter.ts';
export type { FilterRules } from './filter/filter-rules.ts';
export type { ContentKind } from './filter/kinds.ts';
export type { OAuthOptions } from './mcp-oauth.ts';
export type { PolicyAction, PolicyRules } from './policy.ts';
export type { CallPolicy } from './policy-config.ts';
export type { Rate, RateStore } from './rate-store.ts';
export { readRegularFile } from './regular-file.ts';
export type { ResultStore } from './result-store.ts';
export {
  type ConfigFile,
  checkServerConfig,
  type ReadServerConfigOptions,
  readServerConfig,
  type ServerConfig,
  type ShadowedEntry,
} from './server-config.ts';
export type { Admit, ConnectionState, Introspect } from './server-connection.ts';
export type { Launch, ResolvedServer, ServerEntry, ServerType } from './server-entry.ts';
export type { ServerEvent } from './server-event.ts';
export { serverIdentity } from './server-identity.ts';
export type { ServerStatus } from './server-pool.ts';
export type { Telemetry } from './telemetry.ts';
export { parseToolPattern, type ToolPattern } from './tool-pattern.ts';
export { type TrustStore, trustFile } from './trust-file.ts';
export type { Answered, Approval, Verdict } from './verdict.ts';
