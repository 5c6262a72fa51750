import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, SandboxError } from '@org/core';
import type { RunStore } from '../run-store.ts';
import { Database } from './database.ts';
import { HostLocks } from './host-lock.ts';
import { prepareSchema } from './schema.ts';
import { SqliteRunStore } from './store.ts';

export interface RunStoreOptions {
  /** The database file; it and its folder are made where they are missing. Left out: in memory. */
  readonly path?: string;
  /** Most that is kept of one run's journal, in characters. Default 256 Mi. */
  readonly maxRecordBytes?: number;
  /**
   * For a process that ends with the store: it leaves SQLite's log to the next one. To put the log into
   * the file, and to begin another, each waits for the disk, for 3 to 50 ms.
   */
  readonly leaveLog?: boolean;
}

/** Pages of a log that is left behind, at most: the next process has to read it, in 1 ms. */
const logPages = 256;

const defaultMaxRecordBytes = 256 * 1024 * 1024;

/**
 * Opens a store, and makes it where there is none.
 * @throws SandboxError `STORE_TOO_NEW`, `STORE_DAMAGED`, or `STORE_FAILED` where the disk refuses
 */
export function openRunStore({
  path: file,
  maxRecordBytes,
  leaveLog = false,
}: RunStoreOptions = {}): RunStore {
  if (file !== undefined) makePrivate(file);
  const database = new Database(file ?? ':memory:');
  try {
    prepareSchema(database);
    if (leaveLog) database.exec(`PRAGMA wal_autocheckpoint = ${logPages}`);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
  const locks = new HostLocks(file === undefined ? undefined : `${file}.hosts`);
  return new SqliteRunStore(database, locks, {
    maxRecordBytes: maxRecordBytes ?? defaultMaxRecordBytes,
    leaveLog,
  });
}

/** Nobody else can read what runs have seen. */
function makePrivate(file: string): void {
  try {
    makeFolder(path.dirname(file), (one) => mkdirSync(one, { mode: 0o700 }));
    try {
      // Never opened if it is there: closing it would take the locks that SQLite has on it.
      closeSync(openSync(file, 'wx', 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      chmodSync(file, 0o600);
    }
  } catch (cause) {
    throw new SandboxError('STORE_FAILED', `The store of runs ${file} cannot be opened.`, {
      hint: 'Name a file in a folder that you can write to.',
      cause,
    });
  }
}
