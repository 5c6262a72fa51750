export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
export { identifierFor } from './identifier.ts';
export { createToolSearch } from './search.ts';
