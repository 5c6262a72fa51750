import { SandboxError, type VfsPath } from '@org/core';
import { foldersOf, isWithin } from './paths.ts';

/** Makes the files of a folder, or the one file of that path, when they are first wanted. */
export type FolderLoader = () => Promise<ReadonlyMap<VfsPath, string>>;

/** Folders and files that are made on demand, each once. */
export class LazyFolders {
  readonly #loaders: Map<string, { readonly path: VfsPath; readonly load: FolderLoader }>;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #publish: (files: ReadonlyMap<VfsPath, string>) => void;

  /** @param publish takes the files of a folder that was loaded */
  constructor(
    folders: ReadonlyMap<VfsPath, FolderLoader>,
    publish: (files: ReadonlyMap<VfsPath, string>) => void,
  ) {
    this.#loaders = new Map(Array.from(folders, ([path, load]) => [path, { path, load }]));
    this.#publish = publish;
  }

  /**
   * Resolves once every lazy folder that `path` is or lies in has its files. A failed load is
   * forgotten, so the next reader tries again.
   * @throws SandboxError the loader's own, or `INTERNAL`
   */
  async ensureLoaded(path: VfsPath): Promise<void> {
    for (const folder of [...foldersOf(path), path]) await this.#load(folder);
  }

  /** The lazy folders that are `path` or lie below it and have no files yet, sorted. */
  unloadedBelow(path: VfsPath): VfsPath[] {
    const found = [...this.#loaders.values()].filter((folder) =>
      path === '/' ? true : isWithin(folder.path, path),
    );
    return found.map((folder) => folder.path).sort();
  }

  #load(path: string): Promise<void> | undefined {
    const folder = this.#loaders.get(path);
    if (folder === undefined) return undefined;
    let loading = this.#loading.get(path);
    if (loading === undefined) {
      loading = this.#run(folder).finally(() => this.#loading.delete(path));
      this.#loading.set(path, loading);
    }
    return loading;
  }

  async #run(folder: { readonly path: VfsPath; readonly load: FolderLoader }): Promise<void> {
    try {
      const files = await folder.load();
      for (const path of files.keys()) {
        if (isWithin(path, folder.path)) continue;
        throw new SandboxError('INTERNAL', `The loader of ${folder.path} made ${path}.`);
      }
      this.#publish(files);
      this.#loaders.delete(folder.path);
    } catch (error) {
      if (error instanceof SandboxError) throw error;
      throw new SandboxError('INTERNAL', `Cannot load ${folder.path}.`, { cause: error });
    }
  }
}
