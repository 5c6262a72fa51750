import { didYouMean, SandboxError, workspaceRoot } from '@org/core';
import { foldersOf, isWithin } from './paths.ts';
import { memoryTree, type TextTree, type Workspace } from './workspace.ts';

type Kind = 'file' | 'folder' | 'missing';

/** The workspace, and all other text files and folders in memory. Its errors name virtual paths only. */
export class TextVolume {
  readonly #memory = memoryTree();
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  #tree(path: string): TextTree {
    return isWithin(path, workspaceRoot) ? this.#workspace : this.#memory;
  }

  kind(path: string): Kind {
    return this.#tree(path).stat(path)?.kind ?? 'missing';
  }

  /** Of a file, in UTF-8; 0 where there is none. */
  size(path: string): number {
    return this.#tree(path).stat(path)?.bytes ?? 0;
  }

  /** Creates missing folders on the way. */
  makeFolder(path: string): void {
    for (const folder of [...this.missingFolders(path), path]) {
      if (this.kind(folder) === 'missing') this.#tree(folder).makeFolder(folder);
    }
  }

  /** Creates missing folders; check `obstacle` first. */
  write(path: string, text: string): void {
    for (const folder of this.missingFolders(path)) this.#tree(folder).makeFolder(folder);
    this.#tree(path).write(path, text);
  }

  /** Why no file can be written at `path`, or undefined when one can. */
  obstacle(path: string): string | undefined {
    if (this.kind(path) === 'folder') return `${path} is a folder`;
    const file = foldersOf(path).find((folder) => this.kind(folder) === 'file');
    return file === undefined ? undefined : `${file} is a file, not a folder`;
  }

  missingFolders(path: string): string[] {
    return foldersOf(path).filter((folder) => this.kind(folder) === 'missing');
  }

  /** @throws SandboxError `FILE_NOT_FOUND` or `NOT_A_FILE` */
  read(path: string): string {
    const kind = this.kind(path);
    if (kind === 'missing') throw this.#notFound(path, 'file');
    if (kind === 'folder') {
      throw new SandboxError('NOT_A_FILE', `Cannot read ${path}: it is a folder.`, {
        hint: 'Use listFiles to see what is in it.',
      });
    }
    return this.#tree(path).read(path);
  }

  /** Sorted by code unit; a folder's name ends in `/`. @throws SandboxError `FILE_NOT_FOUND` */
  list(path: string): string[] {
    const kind = this.kind(path);
    if (kind === 'missing') throw this.#notFound(path, 'folder');
    if (kind === 'file') {
      throw new SandboxError('FILE_NOT_FOUND', `There is no folder ${path}: it is a file.`, {
        hint: 'Use readFile to read it.',
      });
    }
    const names = path === '/' ? this.#roots() : this.#tree(path).names(path);
    const base = path === '/' ? '' : path;
    return [...names]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => (this.kind(`${base}/${name}`) === 'folder' ? `${name}/` : name));
  }

  #roots(): string[] {
    return [...this.#memory.names('/'), workspaceRoot.slice(1)];
  }

  #notFound(path: string, wanted: 'file' | 'folder'): SandboxError {
    // The first part of the path that is not there is the one that was misspelt.
    const missing = [...foldersOf(path), path].find((part) => this.kind(part) !== 'folder') ?? path;
    const within = foldersOf(missing).at(-1) ?? '/';
    const siblings = this.list(within).map((name) => name.replace(/\/$/, ''));
    const suggestion = didYouMean(missing.slice(missing.lastIndexOf('/') + 1), siblings);
    return new SandboxError('FILE_NOT_FOUND', `There is no ${wanted} ${path}.${suggestion}`, {
      hint: `listFiles(${JSON.stringify(within)}) shows what is there.`,
    });
  }
}
