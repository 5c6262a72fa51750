import { type Limits, type RunOutcome, SandboxError } from '@org/core';
import type { Ask, AskDecision, NewAsk } from '../ask.ts';
import type { RunFilter, RunRecord, RunSummary } from '../run-record.ts';
import type {
  BroughtRun,
  JournalEntry,
  KeptRun,
  NewRun,
  Retention,
  RunStore,
  SuspendedRun,
} from '../run-store.ts';
import { AskRows } from './ask-rows.ts';
import { Content } from './content.ts';
import type { Database } from './database.ts';
import type { HostLocks } from './host-lock.ts';
import { rowType } from './journal-rows.ts';
import { insertBrought, insertRun } from './new-rows.ts';
import { OwnedRuns } from './owned-runs.ts';
import { Pruner } from './prune.ts';
import { RunReader } from './run-reader.ts';
import { type SummaryRow, selectSummaries, thisHost, toSummary } from './run-rows.ts';

export interface SqliteRunStoreOptions {
  /** Characters. */
  readonly maxRecordBytes: number;
  /** Whether the database stays open until the process ends. */
  readonly leaveLog: boolean;
}

/** A store in one SQLite database (docs/runs.md, ADR 31). */
export class SqliteRunStore implements RunStore {
  readonly #database: Database;
  readonly #locks: HostLocks;
  readonly #content: Content;
  readonly #asks: AskRows;
  readonly #owned: OwnedRuns;
  readonly #pruner: Pruner;
  readonly #reader: RunReader;
  readonly #maxRecordBytes: number;
  readonly #leaveLog: boolean;
  #seenVersion = -1;

  constructor(
    database: Database,
    locks: HostLocks,
    { maxRecordBytes, leaveLog }: SqliteRunStoreOptions,
  ) {
    const content = new Content(database);
    this.#database = database;
    this.#locks = locks;
    this.#maxRecordBytes = maxRecordBytes;
    this.#leaveLog = leaveLog;
    this.#content = content;
    this.#asks = new AskRows(database);
    this.#owned = new OwnedRuns({ database, content, hostId: locks.hostId, maxRecordBytes });
    this.#pruner = new Pruner(database, content);
    this.#reader = new RunReader(database, content, this.#asks);
  }

  /** Before anything is owned. @throws SandboxError `STORE_FAILED` */
  #hold(): void {
    try {
      this.#locks.hold();
    } catch (cause) {
      const what = `The store of runs ${this.#database.path} cannot be written: it has no place for its locks.`;
      throw new SandboxError('STORE_FAILED', what, {
        hint: 'Make the folder that is named like it, with .hosts at its end, writable for you.',
        cause,
      });
    }
  }

  add(run: NewRun): void {
    this.#hold();
    const id = this.#database.transaction(() => {
      this.#checkNew(run);
      return insertRun(this.#database, this.#content, run, {
        ...{ status: 'running', created_at: Date.now(), host: this.#locks.hostId },
      });
    });
    this.#owned.take(run.runId, id, false);
  }

  bring(brought: BroughtRun): void {
    this.#database.transaction(() => {
      this.#checkNew(brought.run);
      insertBrought(this.#database, this.#content, brought, this.#maxRecordBytes);
    });
  }

  #checkNew({ runId }: NewRun): void {
    if (this.#reader.row(runId) === undefined) return;
    throw new SandboxError('USAGE', `There is a run with the id ${runId} already.`);
  }

  claim(runId: string, limits?: Limits): KeptRun {
    this.#hold();
    this.#noticeLost();
    const row = this.#database.transaction(() => {
      const found = this.#reader.existing(runId);
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
    return this.#reader.kept(row);
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
    const { status } = this.#reader.existing(runId);
    const changed = this.#database.run(
      `UPDATE runs SET requested = ? WHERE run_id = ? AND status = 'running'`,
      what,
      runId,
    );
    if (changed > 0) return;
    const done = what === 'cancel' ? 'cancelled' : 'suspended';
    throw new SandboxError(
      'RUN_BUSY',
      `The run ${runId} cannot be ${done}: it does not run (${status}).`,
    );
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
    return this.#asks.add(this.#reader.existing(ask.runId).id, ask);
  }

  decide(runId: string, callId: number, decision: AskDecision): Ask {
    return this.#asks.decide(runId, callId, decision);
  }

  asks(runId?: string): readonly Ask[] {
    return runId === undefined ? this.#asks.open() : this.#asks.ofRun(runId);
  }

  get(runId: string): RunRecord | undefined {
    this.#noticeLost();
    const row = this.#reader.row(runId);
    return row && this.#reader.record(row);
  }

  list(filter: RunFilter): readonly RunSummary[] {
    this.#noticeLost();
    if (filter.after !== undefined) this.#reader.existing(filter.after);
    const { sql, values } = selectSummaries(filter);
    return this.#database.all<SummaryRow>(sql, ...values).map(toSummary);
  }

  read(runId: string): KeptRun {
    this.#noticeLost();
    return this.#reader.kept(this.#reader.existing(runId));
  }

  remove(runId: string): void {
    this.#noticeLost();
    this.#database.transaction(() => {
      const { id, status } = this.#reader.existing(runId);
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
    if (!this.#leaveLog) this.#database[Symbol.dispose]();
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
