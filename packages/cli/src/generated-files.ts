import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FileSystem, parseVfsPath, SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { createFileSystem } from '@org/vfs';

/** Folder of a server's wrappers. */
export function serverRoot(folder: string): VfsPath {
  return parseVfsPath(`servers/${folder}`, toolsRoot);
}

/** All files below `folders`, and the declarations of the globals, by path. */
export async function filesBelow(
  files: FileSystem,
  folders: readonly VfsPath[],
): Promise<ReadonlyMap<VfsPath, string>> {
  const found = new Map<VfsPath, string>();
  const globals = parseVfsPath('globals.d.ts', toolsRoot);
  found.set(globals, await files.readFile(globals));
  for (const folder of folders) {
    for (const name of await files.listFiles(folder)) {
      const file = parseVfsPath(name, folder);
      found.set(file, await files.readFile(file));
    }
  }
  return found;
}

/** The files as a tree, for people. */
export function treeOf(files: ReadonlyMap<string, string>): Promise<string> {
  const shown = createFileSystem();
  shown.publish(files as ReadonlyMap<VfsPath, string>);
  return shown.tree(toolsRoot);
}

/**
 * Writes files of /mcp-tools below the folder `output` of the disk.
 * @throws SandboxError `USAGE` when the disk refuses
 */
export async function writeTree(
  files: ReadonlyMap<VfsPath, string>,
  output: string,
): Promise<void> {
  try {
    for (const [file, text] of files) {
      const target = path.join(output, path.posix.relative(toolsRoot, file));
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  } catch (cause) {
    const { message } = cause as Error;
    throw new SandboxError('USAGE', `Cannot write to ${output}: ${message}.`, {
      hint: 'Name a folder that can be written to with --output.',
      cause,
    });
  }
}
