import type { VfsPath } from './ids.ts';

/**
 * The virtual file system of a run: text files in folders, UTF-8.
 * Reads may take time, because a server's wrappers can be generated when they are first read.
 */
export interface FileSystem {
  /** @throws SandboxError `FILE_NOT_FOUND` or `NOT_A_FILE` */
  readFile(path: VfsPath): Promise<string>;
  /** Creates missing folders. @throws SandboxError `READ_ONLY`, `QUOTA_EXCEEDED` or `NOT_A_FILE` */
  writeFile(path: VfsPath, text: string): Promise<void>;
  /**
   * Names directly in the folder `path`, sorted; a folder's name ends in `/`.
   * @throws SandboxError `FILE_NOT_FOUND`
   */
  listFiles(path: VfsPath): Promise<readonly string[]>;
}

/** Values that a session's programs keep from run to run, as JSON text. */
export interface StateStore {
  get(key: string): Promise<string | undefined>;
  /** @throws SandboxError `QUOTA_EXCEEDED` */
  set(key: string, json: string): Promise<void>;
}
