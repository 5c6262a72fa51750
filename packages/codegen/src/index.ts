export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
export { generateReadme, type IndexedServer } from './readme.ts';
export { createToolSearch } from './search.ts';
