export { type ApprovalRequest, type Approver, mostFurtherCalls } from './approver.ts';
export { type Blobs, blobHandle, handlesIn } from './blob.ts';
export type { CallPreviewer, PreviewedCall } from './call-preview.ts';
export type { CallFilter, ContentFilter } from './content-filter.ts';
export { count, counted } from './counted.ts';
export {
  type CallError,
  type ErrorCode,
  SandboxError,
  type SandboxErrorOptions,
  toCallError,
} from './errors.ts';
export { camelName, camelSchema, camelValue, type FieldNames } from './field-names.ts';
export type { FileSystem, StateStore } from './file-system.ts';
export {
  mountsRoot,
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
export { importRemedy } from './import-remedy.ts';
export { instead } from './instead.ts';
export { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { exceededBound, frameBounds, type JsonBounds, valueBounds } from './json-bounds.ts';
export { type Limits, maxDepth, type ProfileName, profiles, resolveLimits } from './limits.ts';
export { makeFolder } from './make-folder.ts';
export { type Page, type PageBounds, readPages } from './pages.ts';
export { plainText } from './plain-text.ts';
export { isProcessAlive } from './process-alive.ts';
export type { ResultObserver } from './result-observer.ts';
export type {
  AnsweredCall,
  HostAnswer,
  HostCall,
  RecordedCall,
  RecordedRun,
  RunJournal,
  RunStep,
} from './run-journal.ts';
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
export {
  methodMark,
  methodName,
  methodOf,
  type ServerMethod,
  serverMethods,
} from './server-method.ts';
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
  PromptDefinition,
  Rejected,
  ResourceDefinition,
  ResourceTemplateDefinition,
  ServerCatalog,
  ServerList,
  ServerOffer,
  ToolAnnotations,
  ToolDefinition,
} from './tool-catalog.ts';
export {
  maxToolHits,
  parseSearchOptions,
  type ToolDetail,
  type ToolHit,
  type ToolRanker,
  type ToolSearch,
  type ToolSearchOptions,
  type ToolSearchResult,
  type ToolText,
  toolDetails,
} from './tool-search.ts';
export { pathStep, type TypeMove, typeMoveText } from './type-move.ts';
