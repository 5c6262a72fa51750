import { randomBytes } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@org/core';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Each folder is bounded by itself, so that a write looks at a sixteenth of the files. */
const shards = 16;
/** A file takes at least a block of the disk. */
const blockBytes = 4_096;

export interface DiskCacheOptions {
  /** Most bytes in all. Default 64 MiB. */
  readonly maxBytes?: number;
  /** What file names end in. Default `.wasm`. */
  readonly extension?: string;
}

/**
 * Files by key in a folder that only its user may read and write; those that were not used for the
 * longest time make way for others. Any number of processes may share it. Nothing of the disk fails
 * a caller: what cannot be read is not there, and what cannot be written is not kept. Contents may be
 * anything, and are for the caller to check.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #shardBytes: number;
  readonly #extension: string;
  readonly #usable = new Map<string, Promise<boolean>>();
  readonly #writing = new Set<Promise<void>>();

  constructor(folder: string, options: DiskCacheOptions = {}) {
    const { maxBytes = 64 * 1024 * 1024, extension = '.wasm' } = options;
    this.#extension = extension;
    this.#folder = path.resolve(folder);
    this.#shardBytes = Math.floor(maxBytes / shards);
  }

  #shard(key: string): string {
    return path.join(this.#folder, key.slice(0, 1));
  }

  #file(key: string): string {
    return path.join(this.#shard(key), `${key}${this.#extension}`);
  }

  /** @param key hex; what is found counts as used now */
  async read(key: string): Promise<Uint8Array | undefined> {
    let handle: FileHandle | undefined;
    try {
      if (!(await isOwn(this.#folder, stat)) || !(await isOwn(this.#shard(key), lstat)))
        return undefined;
      // A link is not followed, and a pipe is not waited for.
      handle = await open(this.#file(key), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const found = await handle.stat();
      if (!found.isFile() || found.size > this.#shardBytes) return undefined;
      const bytes = await handle.readFile();
      const now = new Date();
      await handle.utimes(now, now).catch(() => {});
      return bytes;
    } catch {
      return undefined;
    } finally {
      await handle?.close().catch(() => {});
    }
  }

  /** Begins to write; `settled` tells when that is over. */
  write(key: string, bytes: Uint8Array): void {
    if (bytes.length > this.#shardBytes / 2) return;
    const writing = this.#write(key, bytes)
      .catch(() => {})
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #write(key: string, bytes: Uint8Array): Promise<void> {
    const shard = this.#shard(key);
    const usable = this.#usable.get(shard) ?? this.#prepare(shard);
    this.#usable.set(shard, usable);
    if (!(await usable)) return;
    const temporary = path.join(shard, `${key}.${randomBytes(8).toString('hex')}.tmp`);
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file(key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.#trim(shard);
  }

  async #prepare(shard: string): Promise<boolean> {
    makeFolder(this.#folder, (one) => mkdirSync(one, { mode: 0o700 }));
    if (!(await isOwn(this.#folder, stat))) return false;
    await mkdir(shard, { mode: 0o700 }).catch(() => {});
    return isOwn(shard, lstat);
  }

  /** Removes what was used longest ago, until a quarter of the room is free. */
  async #trim(shard: string): Promise<void> {
    const files = await Promise.all(
      (await readdir(shard)).map(async (name) => {
        const file = path.join(shard, name);
        const found = await lstat(file).catch(() => undefined);
        return { file, bytes: Math.max(blockBytes, found?.size ?? 0), usedAt: found?.mtimeMs ?? 0 };
      }),
    );
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes <= this.#shardBytes) return;
    for (const old of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= this.#shardBytes * 0.75) return;
      bytes -= old.bytes;
      await rm(old.file, { force: true, recursive: true }).catch(() => {});
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }
}

/** Whether `folder` is one that nobody else can put files into. */
async function isOwn(folder: string, look: typeof stat): Promise<boolean> {
  const found = await look(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
