import type { SQLInputValue } from 'node:sqlite';
import { SandboxError } from '@org/core';
import type { JournalEntry } from '../run-store.ts';
import type { Content } from './content.ts';
import type { Database } from './database.ts';
import { rowType, toRow } from './journal-rows.ts';

/** What the owner of a run keeps in memory, so that adding to its journal reads nothing. */
interface OwnedRun {
  /** Row of the run. */
  readonly id: number;
  seq: number;
  calls: number;
  bytes: number;
  incomplete: boolean;
}

export interface OwnedRunsParts {
  readonly database: Database;
  readonly content: Content;
  readonly hostId: string;
  /** Most characters of one journal. */
  readonly maxRecordBytes: number;
}

/** Nothing is added to a run of which another process has taken hold. */
const insert = `INSERT INTO journal (run, seq, type, call, data, more) SELECT ?, ?, ?, ?, ?, ?
  WHERE EXISTS (SELECT 1 FROM runs WHERE id = ? AND host = ? AND status = 'running')`;

/** The runs that this process has, and what they add to their journals. */
export class OwnedRuns {
  readonly #parts: OwnedRunsParts;
  readonly #runs = new Map<string, OwnedRun>();

  constructor(parts: OwnedRunsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#runs.size;
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Takes a run in whose row is this process's by now. */
  take(runId: string, id: number, incomplete: boolean): void {
    const { database } = this.#parts;
    const counted = database.get<{ seq: number; calls: number; bytes: number }>(
      `SELECT coalesce(max(seq), 0) AS seq, coalesce(sum(length(data)), 0) AS bytes,
       count(*) FILTER (WHERE type = ${rowType.called}) AS calls FROM journal WHERE run = ?`,
      id,
    ) ?? { seq: 0, calls: 0, bytes: 0 };
    this.#runs.set(runId, { id, ...counted, incomplete });
  }

  /** @throws SandboxError `RUN_BUSY` */
  append(runId: string, entries: readonly JournalEntry[], survives: boolean): void {
    const run = this.#get(runId);
    if (run.incomplete) return;
    const { database, hostId, maxRecordBytes } = this.#parts;
    const rows = entries.map(toRow);
    const bytes = rows.reduce((sum, { data }) => sum + data.length, 0);
    if (run.bytes + bytes > maxRecordBytes) {
      run.incomplete = true;
      database.run('UPDATE runs SET incomplete = 1 WHERE id = ? AND host = ?', run.id, hostId);
      return;
    }
    const insertAll = () => {
      rows.forEach(({ type, call, data, more }, index) => {
        const values: SQLInputValue[] = [run.id, run.seq + 1 + index, type, call, data, more];
        if (database.run(insert, ...values, run.id, hostId) === 0) throw this.#lostHold(runId);
      });
      for (const entry of entries) keepBlobs(this.#parts, run.id, entry);
    };
    const plain = entries.length === 1 && !hasBlobs(entries[0] as JournalEntry);
    const write = () => (plain ? insertAll() : database.transaction(insertAll));
    if (survives) database.surviving(write);
    else write();
    run.seq += rows.length;
    run.bytes += bytes;
    run.calls += rows.filter(({ type }) => type === rowType.called).length;
  }

  /**
   * Gives a run up in a transaction that also sets `columns`.
   * @throws SandboxError `RUN_BUSY`
   */
  giveUp(runId: string, columns: Readonly<Record<string, SQLInputValue>>): void {
    const { database, hostId } = this.#parts;
    const { id, calls, bytes } = this.#get(runId);
    const all = { ...columns, host: null, requested: null, calls, bytes, ended_at: Date.now() };
    const names = Object.keys(all).map((name) => `${name} = ?`);
    const changed = database.run(
      `UPDATE runs SET ${names.join(', ')} WHERE id = ? AND host = ? AND status = 'running'`,
      ...Object.values(all),
      id,
      hostId,
    );
    if (changed === 0) throw this.#lostHold(runId);
  }

  seqOf(runId: string): number {
    return this.#get(runId).seq;
  }

  idOf(runId: string): number {
    return this.#get(runId).id;
  }

  /** Of a run that was given up, once that is committed. */
  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  #get(runId: string): OwnedRun {
    const run = this.#runs.get(runId);
    if (run === undefined) {
      throw new SandboxError('RUN_BUSY', `This process does not have the run ${runId}.`);
    }
    return run;
  }

  #lostHold(runId: string): SandboxError {
    return new SandboxError('RUN_BUSY', `The run ${runId} was taken over by another process.`);
  }
}

/** Each blob of a run once. */
export function keepBlobs(
  { database, content }: Pick<OwnedRunsParts, 'database' | 'content'>,
  run: number,
  entry: JournalEntry,
): void {
  if (entry.type !== 'answered') return;
  for (const [handle, bytes] of entry.answered.blobs ?? []) {
    const known = database.get('SELECT 1 FROM blobs WHERE run = ? AND handle = ?', run, handle);
    if (known !== undefined) continue;
    const digest = content.keep(bytes);
    database.run('INSERT INTO blobs (run, handle, digest) VALUES (?, ?, ?)', run, handle, digest);
  }
}

function hasBlobs(entry: JournalEntry): boolean {
  return entry.type === 'answered' && (entry.answered.blobs?.size ?? 0) > 0;
}
