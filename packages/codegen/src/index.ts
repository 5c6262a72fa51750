export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
export { generateReadme, type IndexedServer } from './readme.ts';
export { showTool } from './search/indexed-tools.ts';
export { listTools, type ToolListing } from './search/tool-listing.ts';
export { createToolSearch } from './search/tool-search.ts';
