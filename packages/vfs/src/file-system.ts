import {
  type FileSystem,
  mountsRoot,
  parseVfsPath,
  SandboxError,
  toCallError,
  toolsRoot,
  type VfsPath,
  workspaceRoot,
} from '@org/core';
import { findFiles, isPattern } from './glob.ts';
import type { HostFolder } from './host-folder.ts';
import { type FolderLoader, LazyFolders } from './lazy-folders.ts';
import { Mounts } from './mounts.ts';
import { isBelow, isWithin } from './paths.ts';
import { defaultQuota, Quota, type WorkspaceQuota } from './quota.ts';
import { drawTree } from './tree.ts';
import { TextVolume } from './volume.ts';
import { memoryWorkspace, type Workspace } from './workspace.ts';

/**
 * A run's files: `/mcp-tools` only to read and `/workspace` to write within a quota, both in memory;
 * and under `/mnt`, only to read, the folders of the host that its maker mounted. `listFiles` also
 * takes a pattern such as `/workspace/*.csv`, and gives the paths of the files that it stands for.
 */
export interface VirtualFileSystem extends FileSystem {
  /**
   * For the host: adds files that programs can only read, or replaces them. All or none.
   * @throws SandboxError `INVALID_PATH`: not below `/mcp-tools`; `NOT_A_FILE`: a folder is there
   */
  publish(files: ReadonlyMap<VfsPath, string>): void;
  /**
   * Folder `path` (default: the root) and all below it, drawn for people. Loads lazy folders; one
   * that cannot be loaded is drawn with the reason. Mounted folders are drawn without their files.
   * @throws SandboxError `FILE_NOT_FOUND`
   */
  tree(path?: VfsPath): Promise<string>;
}

export interface FileSystemOptions {
  /** Where the files of `/workspace` are. Default: in memory. */
  readonly workspace?: Workspace;
  /** Of `/workspace`. */
  readonly quota?: Partial<WorkspaceQuota>;
  /**
   * Folders below `/mcp-tools` whose files are made when one of them is first read or listed. The
   * folder itself is there from the start. A loader runs once, unless it fails.
   */
  readonly lazyFolders?: ReadonlyMap<VfsPath, FolderLoader>;
  /** Files below `/mcp-tools` whose text is made when they are first read. */
  readonly lazyFiles?: ReadonlyMap<VfsPath, () => Promise<string>>;
  /** Folders of the host by their name under `/mnt`. Without them there is no `/mnt`. */
  readonly mounts?: ReadonlyMap<string, HostFolder>;
}

/**
 * An empty file system: no path of it reaches a file of the host, those of `mounts` excepted. Texts
 * are kept as UTF-8, so a lone surrogate reads back as U+FFFD. Make one for each session: its
 * programs find there what earlier ones wrote.
 * @throws SandboxError `INVALID_PATH`: a lazy folder or file that is not below `/mcp-tools`; `INVALID_NAME`: a
 * name of a mount
 */
export function createFileSystem(options: FileSystemOptions = {}): VirtualFileSystem {
  const workspace = options.workspace ?? memoryWorkspace();
  const volume = new TextVolume(workspace);
  const quota = new Quota({ ...defaultQuota, ...options.quota });
  volume.makeFolder(toolsRoot);

  function requireToolsPath(path: VfsPath): void {
    if (isBelow(path, toolsRoot)) return;
    throw new SandboxError('INVALID_PATH', `Cannot publish ${path}: it is not below ${toolsRoot}.`);
  }

  function publish(files: ReadonlyMap<VfsPath, string>): void {
    const folders = new Set<string>();
    for (const path of files.keys()) {
      requireToolsPath(path);
      const obstacle = volume.obstacle(path);
      if (obstacle !== undefined) throw notAFile(path, obstacle);
      for (const folder of volume.missingFolders(path)) folders.add(folder);
    }
    for (const path of files.keys()) {
      if (folders.has(path)) throw notAFile(path, 'other files need a folder of that name');
    }
    for (const [path, text] of files) volume.write(path, text);
  }

  const loaders = new Map(options.lazyFolders);
  for (const path of loaders.keys()) {
    requireToolsPath(path);
    volume.makeFolder(path);
  }
  for (const [path, load] of options.lazyFiles ?? []) {
    requireToolsPath(path);
    volume.write(path, '');
    loaders.set(path, async () => new Map([[path, await load()]]));
  }
  const lazy = new LazyFolders(loaders, publish);
  const mounts = new Mounts(options.mounts ?? new Map());
  for (const path of mounts.paths) volume.makeFolder(path);

  async function listFolder(path: VfsPath): Promise<string[]> {
    const mount = mounts.at(path);
    if (mount !== undefined) return mount.folder.list(mount.below, path);
    await lazy.ensureLoaded(path);
    return volume.list(path);
  }

  return {
    publish,
    async readFile(path) {
      const mount = mounts.at(path);
      if (mount !== undefined) return mount.folder.read(mount.below, path);
      await lazy.ensureLoaded(path);
      return volume.read(path);
    },
    async writeFile(path, text) {
      requireWritable(path);
      workspace.change(() => {
        const obstacle = volume.obstacle(path);
        if (obstacle !== undefined) throw notAFile(path, obstacle);
        const fileBytes = Buffer.byteLength(text);
        const isNew = volume.kind(path) !== 'file';
        quota.check(workspace.usage(), {
          path,
          fileBytes,
          addedBytes: fileBytes - volume.size(path),
          addedEntries: volume.missingFolders(path).length + (isNew ? 1 : 0),
        });
        volume.write(path, text);
      });
    },
    async listFiles(path) {
      const isName = !isPattern(path) || volume.kind(path) === 'folder';
      return isName ? listFolder(path) : findFiles(path, listFolder);
    },
    async tree(path = parseVfsPath('/')) {
      const notes = new Map<string, string>();
      await lazy.ensureLoaded(path);
      const loads = lazy.unloadedBelow(path).map(async (folder) => {
        try {
          await lazy.ensureLoaded(folder);
        } catch (error) {
          notes.set(folder, toCallError(error).message);
        }
      });
      await Promise.all(loads);
      return drawTree(volume, path, notes);
    },
  };
}

function notAFile(path: string, why: string): SandboxError {
  return new SandboxError('NOT_A_FILE', `Cannot write ${path}: ${why}.`);
}

function requireWritable(path: VfsPath): void {
  if (isWithin(path, workspaceRoot)) return;
  const root = [toolsRoot, mountsRoot].find((folder) => isWithin(path, folder));
  const why = `${root ?? 'it'} is read-only`;
  throw new SandboxError('READ_ONLY', `Cannot write ${path}: ${why}.`, {
    hint: `Write below ${workspaceRoot}.`,
  });
}
