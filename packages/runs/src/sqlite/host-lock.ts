import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '@org/core';
import { isBusy } from './database.ts';

/** Younger files are left alone: their process may be about to lock them. */
const youngMs = 60_000;
const suffix = '.lock';

/**
 * Which owners of runs live. Each holds a file locked, and the system takes the lock from it when its
 * process ends, however it ends. So nobody has to beat or to guess: there is no time in which a dead
 * owner counts as alive, and a slow one never counts as dead. SQLite's own locks are the only ones
 * that Node offers; the files have no content.
 */
export class HostLocks implements Disposable {
  readonly hostId = randomUUID();
  readonly #folder: string | undefined;
  #own: DatabaseSync | undefined;

  /** @param folder left out: nobody else can see the store, so nobody else owns anything */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** To be called before anything is owned. */
  hold(): void {
    if (this.#own !== undefined || this.#folder === undefined) return;
    makeFolder(this.#folder, (one) => mkdirSync(one, { mode: 0o700 }));
    const own = new DatabaseSync(this.#file(this.hostId));
    // Without a file beside it: nothing is ever written.
    own.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    this.#own = own;
  }

  isAlive(hostId: string): boolean {
    if (hostId === this.hostId) return true;
    if (this.#folder === undefined) return false;
    let probe: DatabaseSync | undefined;
    try {
      probe = new DatabaseSync(this.#file(hostId), { readOnly: true, timeout: 0 });
      probe.prepare('SELECT 1 FROM sqlite_schema').get();
      return false;
    } catch (error) {
      // A file that is not there was given up.
      return isBusy(error);
    } finally {
      probe?.close();
    }
  }

  /** Deletes the files of owners that died. */
  sweep(): void {
    if (this.#folder === undefined) return;
    for (const name of readNames(this.#folder)) {
      const hostId = path.basename(name, suffix);
      if (this.isAlive(hostId)) continue;
      const file = this.#file(hostId);
      const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
      if (Date.now() - mtimeMs > youngMs) rmSync(file, { force: true });
    }
  }

  [Symbol.dispose](): void {
    this.#own?.close();
    if (this.#own !== undefined) rmSync(this.#file(this.hostId), { force: true });
    this.#own = undefined;
  }

  #file(hostId: string): string {
    return path.join(this.#folder as string, `${hostId}${suffix}`);
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(suffix));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
