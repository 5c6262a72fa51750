import type { SQLInputValue } from 'node:sqlite';
import { SandboxError } from '@org/core';
import type { BroughtRun, NewRun } from '../run-store.ts';
import type { Content } from './content.ts';
import type { Database } from './database.ts';
import { rowType, toRow } from './journal-rows.ts';
import { keepBlobs } from './owned-runs.ts';
import { thisHost } from './run-rows.ts';

/** @returns the id of its row */
export function insertRun(
  database: Database,
  content: Content,
  run: NewRun,
  more: Readonly<Record<string, SQLInputValue>>,
): number {
  const { parent, limits } = run;
  const columns = {
    run_id: run.runId,
    name: run.name,
    mode: run.mode,
    session: run.session ?? null,
    principal: run.principal ?? null,
    parent_run: parent?.runId ?? null,
    parent_as: parent?.as ?? null,
    parent_step: parent?.step ?? null,
    ...thisHost,
    engine: run.engineDigest,
    seed: run.seed,
    start_time: run.startTime,
    entry: run.entry ?? null,
    program: run.program ? content.keep(run.program) : null,
    source: run.source === undefined ? null : content.keep(Buffer.from(run.source)),
    limits: limits ? JSON.stringify(limits) : null,
    context: run.context === undefined ? null : JSON.stringify(run.context),
    args: JSON.stringify(run.args),
    ...more,
  };
  const names = Object.keys(columns);
  database.run(
    `INSERT INTO runs (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ...Object.values(columns),
  );
  return database.get<{ id: number }>('SELECT last_insert_rowid() AS id')?.id as number;
}

/** @throws SandboxError `USAGE` for a journal over the cap */
export function insertBrought(
  database: Database,
  content: Content,
  { run, createdAt, status, outcome, incomplete, entries }: BroughtRun,
  maxRecordBytes: number,
): void {
  const rows = entries.map(toRow);
  const bytes = rows.reduce((sum, { data }) => sum + data.length, 0);
  if (bytes > maxRecordBytes) {
    throw new SandboxError('USAGE', `The journal of the run is over ${maxRecordBytes} bytes.`);
  }
  const id = insertRun(database, content, run, {
    ...{ status, created_at: createdAt, ended_at: Date.now(), host: null },
    calls: rows.filter(({ type }) => type === rowType.called).length,
    ...{ bytes, incomplete: incomplete ? 1 : 0 },
    outcome: outcome ? JSON.stringify(outcome) : null,
  });
  rows.forEach(({ type, call, data, more }, index) => {
    database.run(
      'INSERT INTO journal (run, seq, type, call, data, more) VALUES (?, ?, ?, ?, ?, ?)',
      ...[id, index + 1, type, call, data, more],
    );
  });
  for (const entry of entries) keepBlobs({ database, content }, id, entry);
}
