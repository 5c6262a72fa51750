export { readArchive, writeArchive } from './archive.ts';
export {
  cassetteFile,
  parseCassette,
  runOnTape,
  type TapedOutcome,
  type TapedRun,
  tapeOf,
} from './cassette.ts';
export type { TapedCall } from './cassette-calls.ts';
export { changedFiles, digestOf } from './checksum.ts';
export { metadataFile, type SkillMetadata, type SkillTool } from './metadata.ts';
export { flagUsage, type SkillParameter, skillParameters } from './parameters.ts';
export { programFilesFile } from './program-files.ts';
export { referenceMarkdown } from './reference-md.ts';
export {
  type CheckedSkill,
  type ProgramSkill,
  programOf,
  type Skill,
} from './skill.ts';
export type { SkillFileName, SkillFiles } from './skill-files.ts';
export { findSkillFolders } from './skill-folders.ts';
export { skillMarkdown } from './skill-md.ts';
export {
  createSkillStore,
  type SavedSkill,
  type SkillListing,
  type SkillStore,
  type SkillStoreOptions,
} from './store.ts';
