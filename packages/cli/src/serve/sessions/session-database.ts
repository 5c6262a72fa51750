import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { counted, makeFolder, SandboxError } from '@org/core';
import type { SessionName } from './session-name.ts';

/** Whose session: equal names of two principals are two sessions. */
export interface SessionKey {
  readonly principal: string;
  readonly name: SessionName;
}

/** What the sessions of one principal may take together. */
export interface SessionCaps {
  /** Sessions that have something to keep. Default 1,000. */
  readonly sessions: number;
  /** State, files and learned types of all its sessions, in UTF-8. Default 256 MiB. */
  readonly bytes: number;
}

const defaultSessionCaps: SessionCaps = { sessions: 1_000, bytes: 256 * 1024 * 1024 };

const version = 1;
const busyMs = 10_000;
/** How often the use of a session is written down. */
const touchMs = 60_000;

const schema = `
  create table session (
    id integer primary key,
    principal text not null,
    name text not null,
    used integer not null,
    bytes integer not null default 0,
    unique (principal, name)
  );
  create table state (
    session integer not null references session on delete cascade,
    key text not null,
    json text not null,
    primary key (session, key)
  );
  create table file (
    session integer not null references session on delete cascade,
    path text not null,
    folder text not null,
    bytes integer not null,
    text text,
    primary key (session, path)
  );
  create index file_in_folder on file (session, folder, path, bytes);
  create table observed (
    session integer not null references session on delete cascade,
    server text not null,
    text text not null,
    primary key (session, server)
  );
  pragma user_version = ${version};
`;

/**
 * One SQLite file for the sessions of all principals, which several processes use at a time. What was
 * acknowledged survives the end of the process, however it ends; when the machine loses power, the
 * last moments can be missing, never a part of a change.
 */
export class SessionDatabase implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #caps: SessionCaps;
  readonly #touched = new Map<number, number>();

  /** @throws SandboxError `USAGE`: the file cannot be used */
  constructor(file: string, caps: Partial<SessionCaps> = {}) {
    this.#caps = { ...defaultSessionCaps, ...caps };
    try {
      this.#database = open(file);
    } catch (cause) {
      throw unusable(file, cause);
    }
  }

  /** Rows of a query. */
  all(sql: string, ...values: readonly (string | number | null)[]): Record<string, unknown>[] {
    return this.#told(() => this.#statement(sql).all(...values));
  }

  get(sql: string, ...values: readonly (string | number)[]): Record<string, unknown> | undefined {
    return this.#told(() => this.#statement(sql).get(...values));
  }

  run(sql: string, ...values: readonly (string | number | null)[]): number {
    return this.#told(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** The session's row; undefined while nothing of it is kept. */
  find({ principal, name }: SessionKey): number | undefined {
    const row = this.get(
      'select id from session where principal = ? and name = ?',
      principal,
      name,
    );
    if (row === undefined) return undefined;
    const id = row.id as number;
    this.#touch(id);
    return id;
  }

  /**
   * Changes what is kept of a session, all of it or nothing, while no other process does.
   * @param work gets the session's row, and tells how many bytes it added
   * @throws SandboxError `QUOTA_EXCEEDED`: too many sessions, or too much in them; and what `work`
   * throws
   */
  change(key: SessionKey, work: (id: number) => number): void {
    this.transact(() => {
      const id = this.find(key) ?? this.#create(key);
      const added = work(id);
      this.run(
        'update session set bytes = bytes + ?, used = ? where id = ?',
        added,
        Date.now(),
        id,
      );
      if (added > 0) this.#requireSpace(key);
    });
  }

  transact<Result>(work: () => Result): Result {
    this.#told(() => this.#database.exec('begin immediate'));
    try {
      const result = work();
      this.#told(() => this.#database.exec('commit'));
      return result;
    } catch (error) {
      // SQLite has done so itself after some errors, such as that of a full disk.
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  #create({ principal, name }: SessionKey): number {
    const row = this.get('select count(*) as count from session where principal = ?', principal);
    const count = (row?.count ?? 0) as number;
    if (count >= this.#caps.sessions) {
      throw new SandboxError(
        'QUOTA_EXCEEDED',
        `There ${count === 1 ? 'is' : 'are'} ${counted(count, 'session')} with something kept already, as many as may be.`,
        { hint: 'Use one of them again: do not make a new session for each program.' },
      );
    }
    this.run(
      'insert into session (principal, name, used) values (?, ?, ?)',
      principal,
      name,
      Date.now(),
    );
    return this.find({ principal, name }) as number;
  }

  #requireSpace({ principal }: SessionKey): void {
    const row = this.get('select sum(bytes) as bytes from session where principal = ?', principal);
    const bytes = (row?.bytes ?? 0) as number;
    if (bytes <= this.#caps.bytes) return;
    throw new SandboxError(
      'QUOTA_EXCEEDED',
      `All sessions together would keep ${bytes} bytes of ${this.#caps.bytes} allowed.`,
      { hint: 'Overwrite files and state that are no longer needed with less.' },
    );
  }

  #touch(id: number): void {
    const now = Date.now();
    if (now - (this.#touched.get(id) ?? 0) < touchMs) return;
    if (this.#touched.size > 10_000) this.#touched.clear();
    this.#touched.set(id, now);
    this.run('update session set used = ? where id = ?', now, id);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #told<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof SandboxError) throw cause;
      throw asSandboxError(cause);
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }
}

/** The place of a store that ends with its process. */
export const inMemory = ':memory:';

function open(file: string): DatabaseSync {
  if (file !== inMemory) {
    makeFolder(path.dirname(file), (one) => mkdirSync(one, { mode: 0o700 }));
    // Made before SQLite makes it: its other files get the mode of this one.
    closeSync(openSync(file, 'a', 0o600));
  }
  const database = new DatabaseSync(file, { timeout: busyMs });
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync): void {
  const versionOf = () => database.prepare('pragma user_version').get()?.user_version;
  if (versionOf() === version) return;
  database.exec('begin immediate');
  const found = versionOf();
  if (found === 0) database.exec(schema);
  database.exec('commit');
  if (found !== 0 && found !== version) {
    throw new Error(`it has version ${found}, and this one reads version ${version}`);
  }
}

const full = 13;
const readOnly = 8;

/** For programs and clients: what SQLite says can name files of the host, and stays in `cause`. */
function asSandboxError(cause: unknown): SandboxError {
  const { errcode } = cause as { readonly errcode?: number };
  if (errcode === full) {
    return new SandboxError('QUOTA_EXCEEDED', 'The disk of the host is full.', { cause });
  }
  if (errcode === readOnly) {
    return new SandboxError('READ_ONLY', 'The disk of the host cannot be written.', { cause });
  }
  const message = 'What the host keeps of sessions cannot be reached.';
  return new SandboxError('INTERNAL', message, { retryable: true, cause });
}

/** For the operator. */
function unusable(file: string, cause: unknown): SandboxError {
  const { message } = cause as Error;
  return new SandboxError('USAGE', `Cannot use the file of sessions ${file}: ${message}.`, {
    hint: 'Move it away to begin with a new one, or name another one with --sessions.',
    cause,
  });
}
