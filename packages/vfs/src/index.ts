export { createFileSystem, type FileSystemOptions, type VirtualFileSystem } from './file-system.ts';
export { type HostFolder, type HostFolderLimits, openHostFolder } from './host-folder.ts';
export type { FolderLoader } from './lazy-folders.ts';
export { mountPath } from './mounts.ts';
export type { WorkspaceQuota } from './quota.ts';
export {
  memoryWorkspace,
  type TextEntry,
  type TextTree,
  type Workspace,
  type WorkspaceUsage,
} from './workspace.ts';
