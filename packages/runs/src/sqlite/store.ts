import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { type Blobs, type JsonValue, type Limits, type RunOutcome, SandboxError } from '@org/core';
import type { Ask, AskDecision, NewAsk } from '../ask.ts';
import type { RunFilter, RunRecord, RunSummary } from '../run-record.ts';
import type {
  JournalEntry,
  KeptRun,
  NewRun,
  Retention,
  RunStore,
  SuspendedRun,
} from '../run-store.ts';
import { AskRows } from './ask-rows.ts';
import { Content } from './content.ts';
import { Database, damagedStore } from './database.ts';
import { HostLocks } from './host-lock.ts';
import { type JournalRow, type ReadJournal, readJournal, rowType } from './journal-rows.ts';
import { OwnedRuns } from './owned-runs.ts';
import { Pruner } from './prune.ts';
import {
  type RunRow,
  type SummaryRow,
  selectRun,
  selectSummaries,
  thisHost,
  toSummary,
} from './run-rows.ts';
import { prepareSchema } from './schema.ts';

export interface RunStoreOptions {
  /** The database file; it and its folder are made where they are missing. Left out: in memory. */
  readonly path?: string;
  /** Most that is kept of one run's journal, in characters. Default 256 Mi. */
  readonly maxRecordBytes?: number;
}

const defaultMaxRecordBytes = 256 * 1024 * 1024;

/** A store in one SQLite database (docs/runs.md, ADR 31). */
class SqliteRunStore implements RunStore {
  readonly #database: Database;
  readonly #locks: HostLocks;
  readonly #content: Content;
  readonly #asks: AskRows;
  readonly #owned: OwnedRuns;
  readonly #pruner: Pruner;
  #seenVersion = -1;

  constructor(database: Database, locks: HostLocks, maxRecordBytes: number) {
    const content = new Content(database);
    this.#database = database;
    this.#locks = locks;
    this.#content = content;
    this.#asks = new AskRows(database);
    this.#owned = new OwnedRuns({ database, content, hostId: locks.hostId, maxRecordBytes });
    this.#pruner = new Pruner(database, content);
  }

  add(run: NewRun): void {
    this.#locks.hold();
    const { parent, limits } = run;
    const database = this.#database;
    const id = database.transaction(() => {
      if (this.#row(run.runId) !== undefined) {
        throw new SandboxError('USAGE', `There is a run with the id ${run.runId} already.`);
      }
      const columns = {
        run_id: run.runId,
        status: 'running',
        name: run.name,
        mode: run.mode,
        session: run.session ?? null,
        principal: run.principal ?? null,
        parent_run: parent?.runId ?? null,
        parent_as: parent?.as ?? null,
        parent_step: parent?.step ?? null,
        created_at: Date.now(),
        host: this.#locks.hostId,
        ...thisHost,
        engine: run.engineDigest,
        seed: run.seed,
        start_time: run.startTime,
        entry: run.entry ?? null,
        program: run.program ? this.#content.keep(run.program) : null,
        source: run.source === undefined ? null : this.#content.keep(Buffer.from(run.source)),
        limits: limits ? JSON.stringify(limits) : null,
        context: run.context === undefined ? null : JSON.stringify(run.context),
        args: JSON.stringify(run.args),
      };
      const names = Object.keys(columns);
      database.run(
        `INSERT INTO runs (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        ...Object.values(columns),
      );
      return database.get<{ id: number }>('SELECT last_insert_rowid() AS id')?.id as number;
    });
    this.#owned.take(run.runId, id, false);
  }

  claim(runId: string, limits?: Limits): KeptRun {
    this.#locks.hold();
    this.#noticeLost();
    const row = this.#database.transaction(() => {
      const found = this.#existing(runId);
      const { status, incomplete, snapshot } = found;
      if (status === 'running') throw busy(runId, 'it is running');
      const refuse = (why: string) =>
        new SandboxError('RUN_NOT_RESUMABLE', `The run ${runId} cannot go on: ${why}.`);
      if (status !== 'suspended' && status !== 'lost') throw refuse(`it has ended (${status})`);
      if (incomplete === 1 && (status === 'lost' || snapshot === null)) {
        throw refuse('its journal has passed the cap, and it was lost after that');
      }
      this.#database.run(
        `UPDATE runs SET status = 'running', host = ?, pid = ?, hostname = ?, requested = NULL,
         ended_at = NULL, limits = coalesce(?, limits) WHERE id = ?`,
        ...[this.#locks.hostId, thisHost.pid, thisHost.hostname],
        limits ? JSON.stringify(limits) : null,
        found.id,
      );
      // What was logged since then is logged again.
      this.#database.run(
        `DELETE FROM journal WHERE run = ? AND seq > ? AND type = ${rowType.log}`,
        found.id,
        found.snapshot_seq,
      );
      return found;
    });
    this.#owned.take(runId, row.id, row.incomplete === 1);
    return this.#keptRun(row);
  }

  append(runId: string, entries: readonly JournalEntry[], survives: boolean): void {
    this.#owned.append(runId, entries, survives);
  }

  suspend(runId: string, stand?: SuspendedRun): void {
    const { snapshot, outcome } = stand ?? {};
    this.#database.transaction(() => {
      this.#owned.giveUp(runId, {
        status: 'suspended',
        ...(outcome && { outcome: JSON.stringify(outcome) }),
        ...(snapshot && { snapshot_seq: this.#owned.seqOf(runId) }),
      });
      if (snapshot) this.#keepSnapshot(this.#owned.idOf(runId), snapshot);
    });
    this.#owned.forget(runId);
  }

  end(runId: string, outcome: RunOutcome): void {
    const { status } = outcome;
    this.#database.transaction(() => {
      this.#owned.giveUp(runId, { status, outcome: JSON.stringify(outcome) });
      const id = this.#owned.idOf(runId);
      this.#keepSnapshot(id, undefined);
      this.#database.run('DELETE FROM asks WHERE run = ? AND verdict IS NULL', id);
    });
    this.#owned.forget(runId);
  }

  request(runId: string, what: 'suspend' | 'cancel'): void {
    this.#noticeLost();
    const { status } = this.#existing(runId);
    const changed = this.#database.run(
      `UPDATE runs SET requested = ? WHERE run_id = ? AND status = 'running'`,
      what,
      runId,
    );
    if (changed === 0) throw busy(runId, `it is not running (${status})`);
  }

  requested(): ReadonlyMap<string, 'suspend' | 'cancel'> {
    if (this.#owned.size === 0) return new Map();
    // Changes whenever another connection has committed; this one makes no requests of itself.
    const { data_version: version } = this.#database.get<{ data_version: number }>(
      'PRAGMA data_version',
    ) ?? { data_version: -1 };
    if (version === this.#seenVersion) return new Map();
    this.#seenVersion = version;
    const rows = this.#database.all<{ run_id: string; requested: 'suspend' | 'cancel' }>(
      'SELECT run_id, requested FROM runs WHERE host = ? AND requested IS NOT NULL',
      this.#locks.hostId,
    );
    return new Map(rows.map(({ run_id: runId, requested }) => [runId, requested]));
  }

  ask(ask: NewAsk): Ask {
    return this.#asks.add(this.#existing(ask.runId).id, ask);
  }

  decide(runId: string, callId: number, decision: AskDecision): Ask {
    return this.#asks.decide(runId, callId, decision);
  }

  asks(runId?: string): readonly Ask[] {
    return runId === undefined ? this.#asks.open() : this.#asks.ofRun(runId);
  }

  get(runId: string): RunRecord | undefined {
    this.#noticeLost();
    const row = this.#row(runId);
    if (row === undefined) return undefined;
    const { source, program, entry, limits, context, outcome, requested } = row;
    const text = source === null ? undefined : this.#content.get(source);
    const { calls, steps, logs } = this.#journal(row.id);
    // That of a run which goes on is of the time when it was suspended.
    const stands = outcome !== null && row.status !== 'running' && row.status !== 'lost';
    const ended = stands ? this.#database.parse<RunOutcome>(outcome) : undefined;
    return {
      ...toSummary(row),
      ...(text && { source: Buffer.from(text).toString() }),
      ...(program !== null && { programDigest: program }),
      ...(entry !== null && { entry }),
      args: this.#database.parse<JsonValue>(row.args),
      seed: row.seed,
      startTime: row.start_time,
      ...(limits !== null && { limits: this.#database.parse<Limits>(limits) }),
      engineDigest: row.engine,
      ...(context !== null && { context: this.#database.parse<JsonValue>(context) }),
      host: { pid: row.pid, hostname: row.hostname },
      ...(ended && { outcome: ended }),
      journal: { calls, steps },
      logs: ended?.logs ?? logs,
      toolCalls: ended?.calls ?? calls.flatMap(({ record }) => record ?? []),
      asks: this.#asks.ofRun(runId),
      ...(requested !== null && { requested }),
    };
  }

  list(filter: RunFilter): readonly RunSummary[] {
    this.#noticeLost();
    if (filter.after !== undefined) this.#existing(filter.after);
    const { sql, values } = selectSummaries(filter);
    return this.#database.all<SummaryRow>(sql, ...values).map(toSummary);
  }

  read(runId: string): KeptRun {
    this.#noticeLost();
    return this.#keptRun(this.#existing(runId));
  }

  remove(runId: string): void {
    this.#noticeLost();
    this.#database.transaction(() => {
      const { id, status } = this.#existing(runId);
      if (status === 'running') throw busy(runId, 'it is running');
      this.#pruner.remove(id);
    });
  }

  prune(retention: Retention): { readonly removed: number; readonly more: boolean } {
    this.#noticeLost();
    this.#locks.sweep();
    return this.#pruner.prune(retention);
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
    this.#locks[Symbol.dispose]();
  }

  /** Runs whose owner has died are `lost` from here on. */
  #noticeLost(): void {
    const hosts = this.#database.all<{ host: string }>(
      `SELECT DISTINCT host FROM runs WHERE status = 'running' AND host IS NOT ?`,
      this.#locks.hostId,
    );
    for (const { host } of hosts) {
      if (this.#locks.isAlive(host)) continue;
      this.#database.run(
        `UPDATE runs SET status = 'lost', requested = NULL, ended_at = ?,
         calls = (SELECT count(*) FROM journal WHERE run = runs.id AND type = ${rowType.called}),
         bytes = (SELECT coalesce(sum(length(data)), 0) FROM journal WHERE run = runs.id)
         WHERE status = 'running' AND host = ?`,
        Date.now(),
        host,
      );
    }
  }

  #row(runId: string): RunRow | undefined {
    return this.#database.get<RunRow>(selectRun, runId);
  }

  #existing(runId: string): RunRow {
    const row = this.#row(runId);
    if (row !== undefined) return row;
    throw new SandboxError('RUN_NOT_FOUND', `There is no run with the id ${runId}.`, {
      hint: 'List the runs to see which there are; old ones are removed.',
    });
  }

  #keptRun(row: RunRow): KeptRun {
    const { program, snapshot, entry, limits, session, principal, context, outcome } = row;
    const { parent } = toSummary(row);
    const content = (digest: string) => {
      const bytes = this.#content.get(digest);
      if (bytes === undefined) throw damagedStore(this.#database.path, `${digest} is missing`);
      return bytes;
    };
    const { calls, steps, sendings, madeAfter } = this.#journal(row.id);
    return {
      run: {
        runId: row.run_id,
        name: row.name,
        mode: row.mode,
        ...(program !== null && { program: content(program) }),
        ...(entry !== null && { entry }),
        args: this.#database.parse<JsonValue>(row.args),
        seed: row.seed,
        startTime: row.start_time,
        ...(limits !== null && { limits: this.#database.parse<Limits>(limits) }),
        engineDigest: row.engine,
        ...(session !== null && { session }),
        ...(principal !== null && { principal }),
        ...(parent && { parent }),
        ...(context !== null && { context: this.#database.parse<JsonValue>(context) }),
      },
      status: row.status,
      createdAt: row.created_at,
      recorded: { calls, steps },
      sendings,
      madeAfter,
      ...(snapshot !== null && { snapshot: content(snapshot) }),
      ...(outcome !== null && { outcome: this.#database.parse<RunOutcome>(outcome) }),
      incomplete: row.incomplete === 1,
    };
  }

  #journal(run: number): ReadJournal {
    const rows = this.#database.all<JournalRow>(
      'SELECT type, call, data, more FROM journal WHERE run = ? ORDER BY seq',
      run,
    );
    return readJournal(rows, this.#blobs(run), this.#database);
  }

  #blobs(run: number): Blobs {
    const rows = this.#database.all<{ handle: string; bytes: Uint8Array }>(
      'SELECT handle, bytes FROM blobs JOIN content USING (digest) WHERE run = ?',
      run,
    );
    return new Map(rows.map(({ handle, bytes }) => [handle, bytes]));
  }

  /** In place of the one before. */
  #keepSnapshot(run: number, snapshot: Uint8Array | undefined): void {
    const before = this.#database.get<{ snapshot: string | null }>(
      'SELECT snapshot FROM runs WHERE id = ?',
      run,
    );
    const digest = snapshot ? this.#content.keep(snapshot) : null;
    this.#database.run('UPDATE runs SET snapshot = ? WHERE id = ?', digest, run);
    if (before && before.snapshot !== null) this.#content.release(before.snapshot);
  }
}

function busy(runId: string, why: string): SandboxError {
  return new SandboxError('RUN_BUSY', `The run ${runId} cannot be had: ${why}.`);
}

/**
 * Opens a store, and makes it where there is none.
 * @throws SandboxError `STORE_TOO_NEW`, `STORE_DAMAGED`, or `STORE_FAILED` where the disk refuses
 */
export function openRunStore({ path: file, maxRecordBytes }: RunStoreOptions = {}): RunStore {
  if (file !== undefined) makePrivate(file);
  const database = new Database(file ?? ':memory:');
  try {
    prepareSchema(database);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
  const locks = new HostLocks(file === undefined ? undefined : `${file}.hosts`);
  return new SqliteRunStore(database, locks, maxRecordBytes ?? defaultMaxRecordBytes);
}

/** Nobody else can read what runs have seen. */
function makePrivate(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
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
