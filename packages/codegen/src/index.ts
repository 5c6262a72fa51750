export { serverFolders } from './file-name.ts';
export { generateGlobals, generateServerFiles } from './generate.ts';
export { createToolSearch } from './search.ts';
export { generateSkillWrapper, type SkillSignature } from './skill-wrapper.ts';
