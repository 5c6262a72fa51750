export { type ApprovalFile, approvalFile } from './approval-file.ts';
export type { ApprovalStore } from './approvals.ts';
export {
  type Bridge,
  type BridgeCaps,
  type BridgeOptions,
  createBridge,
  defaultCaps,
} from './bridge.ts';
export type { BridgeEvent } from './bridge-event.ts';
export type { DefinitionChange, PinnedDefinition } from './definition-change.ts';
export type { PolicyAction, PolicyRules } from './policy.ts';
export type { CallPolicy } from './policy-config.ts';
export type { Rate, RateStore } from './rate-store.ts';
export type { ResultStore } from './result-store.ts';
export {
  type ReadServerConfigOptions,
  readServerConfig,
  type ServerConfigFile,
} from './server-config.ts';
export type { Introspect } from './server-connection.ts';
export type { ResolvedServer, ServerEntry, ServerType } from './server-entry.ts';
export { parseToolPattern, type ToolPattern } from './tool-pattern.ts';
