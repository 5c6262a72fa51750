import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SandboxError } from '@org/core';

/** How long a statement waits for another process that writes, in milliseconds. */
const busyMs = 10_000;

/** Result codes of SQLite (sqlite.org/rescode.html). */
const code = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, noDatabase: 26 } as const;

/** The primary result code, where `error` is one of SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

export const isBusy = (error: unknown): boolean => sqliteCode(error) === code.busy;

export function damagedStore(path: string, what: string, cause?: unknown): SandboxError {
  return new SandboxError('STORE_DAMAGED', `The store of runs ${path} is damaged: ${what}.`, {
    hint: 'Nothing was changed. Put a copy back, or move it aside with its -wal and -shm files.',
    cause,
  });
}

function storeError(path: string, error: unknown): unknown {
  const failed = (what: string, hint: string, retryable = false) =>
    new SandboxError('STORE_FAILED', `The store of runs ${path} ${what}.`, {
      hint,
      retryable,
      cause: error,
    });
  switch (sqliteCode(error)) {
    case undefined:
      return error;
    case code.corrupt:
    case code.noDatabase:
      return damagedStore(path, (error as Error).message, error);
    case code.busy:
    case code.locked:
      return failed(`was in use for over ${busyMs / 1000} s`, 'Try again.', true);
    case code.full:
      return failed('cannot grow: the disk is full', 'Make room, or prune it.', true);
    case code.readOnly:
      return failed('cannot be written', 'Make it and its folder writable for you.');
    default:
      return failed(
        `cannot be used: ${(error as Error).message}`,
        'See whether its disk is sound.',
      );
  }
}

/** One connection to the database of a store. Statements are prepared once. */
export class Database implements Disposable {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param path `:memory:` for one that ends with it
   * @throws SandboxError `STORE_FAILED`, and so do all methods, or `STORE_DAMAGED`
   */
  constructor(path: string) {
    this.path = path;
    try {
      this.#db = new DatabaseSync(path, {
        timeout: busyMs,
        allowExtension: false,
        defensive: true,
        limits: { attach: 0 },
      });
    } catch (error) {
      throw storeError(path, error);
    }
  }

  exec(sql: string): void {
    this.#try(() => this.#db.exec(sql));
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#try(() => Number(this.#prepared(sql).run(...values).changes));
  }

  /** The first row; `Row` is what `sql` selects. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#try(() => this.#prepared(sql).get(...values)) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#try(() => this.#prepared(sql).all(...values)) as Row[];
  }

  /** All of `work` takes effect, or nothing. It is alone with the database. */
  transaction<Result>(work: () => Result): Result {
    return this.#within('BEGIN IMMEDIATE', work);
  }

  /** What `work` reads is of one moment, whatever others write meanwhile. */
  reading<Result>(work: () => Result): Result {
    return this.#within('BEGIN', work);
  }

  #within<Result>(begin: string, work: () => Result): Result {
    this.run(begin);
    let result: Result;
    try {
      result = work();
      this.run('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some failures.
      if (this.#db.isTransaction) this.run('ROLLBACK');
      throw error;
    }
    return result;
  }

  /** What `work` commits, and all before it, is on the disk when this returns. */
  surviving(work: () => void): void {
    // SQLite may carry a pragma out as it compiles it, so it is compiled each time.
    this.exec('PRAGMA synchronous = FULL');
    try {
      work();
    } finally {
      this.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** @throws SandboxError `STORE_DAMAGED` for what is no JSON */
  parse<Value>(json: string): Value {
    try {
      return JSON.parse(json) as Value;
    } catch (cause) {
      throw damagedStore(this.path, 'a record is not JSON', cause);
    }
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #try<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storeError(this.path, error);
    }
  }
}
