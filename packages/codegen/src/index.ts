export { withFieldNames } from './field-names.ts';
export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
export { identifierFor } from './identifier.ts';
export { observedTypeFiles } from './observed/file-store.ts';
export {
  createObservedTypes,
  type KnownType,
  type ObservedType,
  type ObservedTypes,
  type ObservedTypesOf,
  type ObservedTypesOptions,
} from './observed/observed-types.ts';
export { observedDeclarations } from './observed/result-types.ts';
export { memoryObservedStore, type ObservedStore } from './observed/store.ts';
export { generateReadme, type IndexedServer } from './readme.ts';
export type { Findable } from './search/findable.ts';
export { showTool } from './search/indexed-tools.ts';
export { listTools, type ToolListing } from './search/tool-listing.ts';
export { createToolSearch } from './search/tool-search.ts';
export { generateSkillWrapper, type SkillSignature } from './skill-wrapper.ts';
