export { withFieldNames } from './field-names.ts';
export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
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
export { createToolSearch } from './search.ts';
