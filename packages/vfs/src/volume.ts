import { didYouMean, SandboxError } from '@org/core';
import { Volume } from 'memfs';
import { foldersOf } from './paths.ts';

type Kind = 'file' | 'folder' | 'missing';

/** Text files and folders in memory. Knows no rules; its errors name virtual paths only. */
export class TextVolume {
  readonly #volume = new Volume();

  kind(path: string): Kind {
    const found = this.#stat(path);
    if (found === undefined) return 'missing';
    return found.isDirectory() ? 'folder' : 'file';
  }

  /** Of a file, in UTF-8; 0 where there is none. */
  size(path: string): number {
    return Number(this.#stat(path)?.size ?? 0);
  }

  makeFolder(path: string): void {
    this.#volume.mkdirSync(path, { recursive: true });
  }

  /** Creates missing folders; check `obstacle` first. */
  write(path: string, text: string): void {
    this.makeFolder(foldersOf(path).at(-1) ?? '/');
    this.#volume.writeFileSync(path, text);
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
    return this.#volume.readFileSync(path, 'utf8') as string;
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
    const names = this.#volume.readdirSync(path) as string[];
    const base = path === '/' ? '' : path;
    return names
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => (this.kind(`${base}/${name}`) === 'folder' ? `${name}/` : name));
  }

  #stat(path: string) {
    try {
      return this.#volume.statSync(path, { throwIfNoEntry: false });
    } catch (error) {
      // One of the folders on the way is a file, so there is nothing at this path.
      if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
      throw error;
    }
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
