import { type Blobs, type JsonValue, type Limits, type RunOutcome, SandboxError } from '@org/core';
import type { RunRecord } from '../run-record.ts';
import type { KeptRun } from '../run-store.ts';
import type { AskRows } from './ask-rows.ts';
import type { Content } from './content.ts';
import { type Database, damagedStore } from './database.ts';
import { type JournalRow, type ReadJournal, readJournal } from './journal-rows.ts';
import { type RunRow, selectRun, toSummary } from './run-rows.ts';

/** Reads runs out of their rows. */
export class RunReader {
  readonly #database: Database;
  readonly #content: Content;
  readonly #asks: AskRows;

  constructor(database: Database, content: Content, asks: AskRows) {
    this.#database = database;
    this.#content = content;
    this.#asks = asks;
  }

  row(runId: string): RunRow | undefined {
    return this.#database.get<RunRow>(selectRun, runId);
  }

  /** @throws SandboxError `RUN_NOT_FOUND` */
  existing(runId: string): RunRow {
    const row = this.row(runId);
    if (row !== undefined) return row;
    throw new SandboxError('RUN_NOT_FOUND', `There is no run with the id ${runId}.`, {
      hint: 'List the runs to see which there are; old ones are removed.',
    });
  }

  record(row: RunRow): RunRecord {
    const { source, program, entry, limits, context, outcome, requested } = row;
    const text = source === null ? undefined : this.#content.get(source);
    const { calls, steps, logs, madeAfter } = this.#journal(row.id);
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
      madeAfter,
      logs: ended?.logs ?? logs,
      toolCalls: ended?.calls ?? calls.flatMap(({ record }) => record ?? []),
      asks: this.#asks.ofRun(row.run_id),
      ...(requested !== null && { requested }),
    };
  }

  /** What the run can be made of again. */
  kept(row: RunRow): KeptRun {
    const { program, snapshot, entry, limits, session, principal, context, outcome } = row;
    const { parent } = toSummary(row);
    const content = (digest: string) => {
      const bytes = this.#content.get(digest);
      if (bytes === undefined) throw damagedStore(this.#database.path, `${digest} is missing`);
      return bytes;
    };
    const { calls, steps, logs, sendings, madeAfter } = this.#journal(row.id);
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
      logs,
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
}
