import { workspaceRoot } from '@org/core';
import { Volume } from 'memfs';

/** What is at a path. `bytes`: of a file's text in UTF-8; 0 for a folder. */
export interface TextEntry {
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
}

/** How much a workspace holds. */
export interface WorkspaceUsage {
  /** All files together, in UTF-8. */
  readonly bytes: number;
  /** Files and folders below `/workspace` together. */
  readonly entries: number;
}

/** A tree of text files that knows no rules. Paths are absolute and normalised. */
export interface TextTree {
  /** Undefined where there is nothing. */
  stat(path: string): TextEntry | undefined;
  /** Of a file. */
  read(path: string): string;
  /** Of what is directly in a folder, in any order. */
  names(folder: string): readonly string[];
  /** In a folder that is there. */
  makeFolder(path: string): void;
  /** In a folder that is there; replaces what the file has. */
  write(path: string, text: string): void;
}

/**
 * Port: where the files of `/workspace` are. That folder is always there, and all paths are in it.
 * Texts are kept as UTF-8.
 */
export interface Workspace extends TextTree {
  usage(): WorkspaceUsage;
  /** Carries `work` out while nobody else changes the workspace. Of `work` that throws nothing stays. */
  change(work: () => void): void;
}

/** In memory, with its root only. */
export function memoryTree(): TextTree {
  const volume = new Volume();
  return {
    stat: (path) => {
      try {
        const found = volume.statSync(path, { throwIfNoEntry: false });
        if (found === undefined) return undefined;
        const isFolder = found.isDirectory();
        return { kind: isFolder ? 'folder' : 'file', bytes: isFolder ? 0 : Number(found.size) };
      } catch (error) {
        // One of the folders on the way is a file, so there is nothing at this path.
        if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
        throw error;
      }
    },
    read: (path) => volume.readFileSync(path, 'utf8') as string,
    names: (folder) => volume.readdirSync(folder) as string[],
    makeFolder: (path) => volume.mkdirSync(path),
    write: (path, text) => volume.writeFileSync(path, text),
  };
}

/** A workspace that lasts as long as it is held. */
export function memoryWorkspace(): Workspace {
  const tree = memoryTree();
  tree.makeFolder(workspaceRoot);
  let [bytes, entries] = [0, 0];
  return {
    ...tree,
    makeFolder: (path) => {
      tree.makeFolder(path);
      entries++;
    },
    write: (path, text) => {
      const before = tree.stat(path);
      tree.write(path, text);
      if (before === undefined) entries++;
      bytes += Buffer.byteLength(text) - (before?.bytes ?? 0);
    },
    usage: () => ({ bytes, entries }),
    // Nothing comes between, and a write is decided on before anything is written.
    change: (work) => work(),
  };
}
