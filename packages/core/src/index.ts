export type { ApprovalRequest, Approver } from './approver.ts';
export type { CallFilter, ContentFilter } from './content-filter.ts';
export {
  type CallError,
  type ErrorCode,
  SandboxError,
  type SandboxErrorOptions,
  toCallError,
} from './errors.ts';
export type { FileSystem, StateStore, ToolHit, ToolSearch } from './file-system.ts';
export {
  parseServerId,
  parseSkillId,
  parseToolName,
  parseVfsPath,
  type ServerId,
  type SkillId,
  type ToolName,
  toolsRoot,
  type VfsPath,
  workspaceRoot,
} from './ids.ts';
export { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { exceededBound, frameBounds, type JsonBounds, valueBounds } from './json-bounds.ts';
export { type Limits, maxDepth, type ProfileName, profiles, resolveLimits } from './limits.ts';
export { plainText } from './plain-text.ts';
export {
  type CallRecord,
  type LimitKind,
  type LogEntry,
  type LogLevel,
  nothingUsed,
  type ProgramError,
  type RunOutcome,
  type RunUsage,
} from './run-outcome.ts';
export { closest, didYouMean } from './suggestion.ts';
export type {
  CallContext,
  CallOptions,
  ToolCall,
  ToolCaller,
  ToolCallOutcome,
} from './tool-call.ts';
export type {
  CatalogSource,
  ServerCatalog,
  ToolAnnotations,
  ToolDefinition,
  ToolPage,
} from './tool-catalog.ts';
