import { createHash, randomUUID } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, type ServerId } from '@org/core';
import { withFileLock } from './file-lock.ts';
import type { ObservedStore } from './store.ts';

/** What is read of a file; one that is larger is none of ours. */
const maxFileBytes = 4 * 1024 * 1024;
const maxFiles = 500;
const maxFolderBytes = 64 * 1024 * 1024;

/**
 * One file for each server in `folder`, which only the user can read. Written whole or not at all;
 * processes that write at the same time lose nothing of each other. Of more than 500 files, or
 * 64 MiB, the ones that were written longest ago go.
 * @param scope where the servers' names are from, such as the path of their configuration: equally
 * named servers of two scopes share nothing
 */
export function observedTypeFiles(folder: string, scope: string): ObservedStore {
  const fileOf = (server: ServerId): string => {
    const hash = createHash('sha256').update(JSON.stringify([scope, server]));
    return path.join(folder, `${hash.digest('hex').slice(0, 40)}.json`);
  };
  return {
    read: (server) => readText(fileOf(server)),
    update: async (server, change) => {
      const file = fileOf(server);
      makeFolder(folder, (one) => mkdirSync(one, { mode: 0o700 }));
      await withFileLock(`${file}.lock`, async () => {
        const before = await readText(file);
        const after = change(before);
        if (after === before) return;
        if (after === undefined) await rm(file, { force: true });
        else await replace(file, after);
        if (before === undefined) await evict(folder);
      });
    },
  };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    // A pipe is not waited for, and of a device nothing is read.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (found.isDirectory())
      throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR' });
    return found.isFile() && found.size <= maxFileBytes ? await handle.readFile('utf8') : '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Drafts of processes that were killed go in their turn, too. */
async function evict(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names
      .filter((name) => !name.endsWith('.lock') && !name.endsWith('.stale'))
      .map(async (name) => {
        const file = path.join(folder, name);
        const { mtimeMs, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0 }));
        return { file, mtimeMs, size };
      }),
  );
  let [count, bytes] = [0, 0];
  for (const { file, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    count++;
    bytes += size;
    if (count > maxFiles || bytes > maxFolderBytes) await rm(file, { force: true });
  }
}
