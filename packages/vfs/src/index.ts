export type { FolderLoader } from './lazy-folders.ts';
export { createFileSystem, type FileSystemOptions, type VirtualFileSystem } from './memory.ts';
export type { WorkspaceQuota } from './quota.ts';
