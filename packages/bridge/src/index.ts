export {
  type Audit,
  type AuditGap,
  type AuditOptions,
  type AuditRecord,
  createAudit,
  readAudit,
} from './audit.ts';
export {
  type Bridge,
  type BridgeCaps,
  type BridgeOptions,
  createBridge,
  defaultCaps,
} from './bridge.ts';
export { type ContentFilterOptions, createContentFilter } from './filter/content-filter.ts';
export type { FilterRules } from './filter/filter-rules.ts';
export type { ContentKind } from './filter/kinds.ts';
export {
  type ReadServerConfigOptions,
  readServerConfig,
  type ServerConfigFile,
} from './server-config.ts';
export type { Introspect } from './server-connection.ts';
export type { ResolvedServer, ServerEntry, ServerType } from './server-entry.ts';
export type { Telemetry } from './telemetry.ts';
