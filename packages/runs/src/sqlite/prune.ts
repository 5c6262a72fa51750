import type { Retention } from '../run-store.ts';
import type { Content } from './content.ts';
import type { Database } from './database.ts';
import { endedStatuses } from './run-rows.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What is kept where the embedder does not say. */
const defaults = { endedMs: 30 * dayMs, count: 10_000, bytes: 1024 ** 3 } satisfies Retention;

/** How much one piece removes: others wait to write for that long. */
const runsAtOnce = 50;
const rowsAtOnce = 500;
const pagesAtOnce = 500;

const ended = `status IN (${endedStatuses.map((status) => `'${status}'`).join(', ')})`;

interface OldRun {
  readonly id: number;
}

/** Removes runs bit by bit: a run is gone at once, the rows of its journal follow. */
export class Pruner {
  readonly #database: Database;
  readonly #content: Content;

  constructor(database: Database, content: Content) {
    this.#database = database;
    this.#content = content;
  }

  /** Call it in a transaction. @param run row of a run that nobody has */
  remove(run: number): void {
    const database = this.#database;
    const row = database.get<Record<'program' | 'source' | 'snapshot', string | null>>(
      'SELECT program, source, snapshot FROM runs WHERE id = ?',
      run,
    );
    for (const digest of Object.values(row ?? {})) {
      if (digest !== null) this.#content.release(digest);
    }
    database.run('DELETE FROM runs WHERE id = ?', run);
    database.run('DELETE FROM asks WHERE run = ?', run);
    database.run('INSERT INTO removed (run) VALUES (?)', run);
  }

  /** One piece of the work. */
  prune(retention: Retention): { removed: number; more: boolean } {
    const database = this.#database;
    if (this.#deleteRows()) return { removed: 0, more: true };
    const old = this.#old({ ...defaults, ...retention });
    if (old.length > 0) {
      database.transaction(() => {
        for (const { id } of old) this.remove(id);
      });
      return { removed: old.length, more: true };
    }
    const { freelist_count: free } = database.get<{ freelist_count: number }>(
      'PRAGMA freelist_count',
    ) ?? { freelist_count: 0 };
    if (free > pagesAtOnce) database.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`);
    return { removed: 0, more: free > 2 * pagesAtOnce };
  }

  /** @returns whether there was anything to delete */
  #deleteRows(): boolean {
    const database = this.#database;
    const { run } = database.get<{ run: number }>('SELECT run FROM removed LIMIT 1') ?? {};
    if (run === undefined) return false;
    database.transaction(() => {
      const deleted = database.run(
        `DELETE FROM journal WHERE run = ?1 AND seq IN
         (SELECT seq FROM journal WHERE run = ?1 LIMIT ${rowsAtOnce})`,
        run,
      );
      if (deleted === rowsAtOnce) return;
      const blobs = database.all<{ digest: string }>('SELECT digest FROM blobs WHERE run = ?', run);
      for (const { digest } of blobs) this.#content.release(digest);
      database.run('DELETE FROM blobs WHERE run = ?', run);
      database.run('DELETE FROM removed WHERE run = ?', run);
    });
    return true;
  }

  /** Runs that go next; those of the first reason that there is. */
  #old({ endedMs, waitingMs, count, bytes }: Retention & typeof defaults): OldRun[] {
    const database = this.#database;
    const oldest = `ORDER BY ended_at LIMIT ${runsAtOnce}`;
    const aged = database.all<OldRun>(
      `SELECT id FROM runs WHERE ${ended} AND ended_at < ? ${oldest}`,
      Date.now() - endedMs,
    );
    if (aged.length > 0) return aged;
    if (waitingMs !== undefined) {
      const waiting = database.all<OldRun>(
        `SELECT id FROM runs WHERE status IN ('suspended', 'lost') AND ended_at < ? ${oldest}`,
        Date.now() - waitingMs,
      );
      if (waiting.length > 0) return waiting;
    }
    const { n } = database.get<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE ${ended}`) ?? {
      n: 0,
    };
    if (n > count) {
      return database.all<OldRun>(
        `SELECT id FROM runs WHERE ${ended} ORDER BY ended_at LIMIT ?`,
        Math.min(n - count, runsAtOnce),
      );
    }
    if (this.#usedBytes() <= bytes) return [];
    return database.all<OldRun>(`SELECT id FROM runs WHERE ${ended} ORDER BY ended_at LIMIT 1`);
  }

  #usedBytes(): number {
    const { used } = this.#database.get<{ used: number }>(
      `SELECT (page_count - freelist_count) * page_size AS used
       FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
    ) ?? { used: 0 };
    return used;
  }
}
