import { hostname } from 'node:os';
import type { SQLInputValue } from 'node:sqlite';
import { SandboxError } from '@org/core';
import type { RunFilter, RunParent, RunStatus, RunSummary } from '../run-record.ts';
import { rowType } from './journal-rows.ts';

/** How runs end that never go on. */
export const endedStatuses = ['returned', 'threw', 'limit', 'aborted'] as const;

/** What a list shows of a run, as it is in the database. */
export interface SummaryRow {
  readonly id: number;
  readonly run_id: string;
  readonly status: RunStatus;
  readonly name: string;
  readonly mode: 'run' | 'plan';
  readonly session: string | null;
  readonly principal: string | null;
  readonly parent_run: string | null;
  readonly parent_as: RunParent['as'] | null;
  readonly parent_step: number | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly calls: number;
  readonly bytes: number;
  readonly incomplete: number;
  readonly open_asks: number;
}

/** All of a run but its journal. */
export interface RunRow extends SummaryRow {
  readonly host: string | null;
  readonly pid: number;
  readonly hostname: string;
  readonly requested: 'suspend' | 'cancel' | null;
  readonly engine: string;
  readonly seed: string;
  readonly start_time: number;
  readonly entry: string | null;
  readonly program: string | null;
  readonly source: string | null;
  readonly snapshot: string | null;
  readonly snapshot_seq: number;
  readonly limits: string | null;
  readonly context: string | null;
  readonly args: string;
  readonly outcome: string | null;
}

/** The owner counts calls and bytes in memory: of a run under way they are counted from its rows. */
const summaryColumns = `id, run_id, status, name, mode, session, principal, parent_run, parent_as,
  parent_step, created_at, ended_at, incomplete,
  CASE status WHEN 'running' THEN (
    SELECT count(*) FROM journal WHERE run = runs.id AND type = ${rowType.called}
  ) ELSE calls END AS calls,
  CASE status WHEN 'running' THEN (
    SELECT coalesce(sum(length(data)), 0) FROM journal WHERE run = runs.id
  ) ELSE bytes END AS bytes,
  (SELECT count(*) FROM asks WHERE run = runs.id AND verdict IS NULL) AS open_asks`;

export const selectRun = `SELECT ${summaryColumns}, host, pid, hostname, requested, engine, seed,
  start_time, entry, program, source, snapshot, snapshot_seq, limits, context, args, outcome
  FROM runs WHERE run_id = ?`;

const mostListed = 10_000;

/** @throws SandboxError `USAGE` for a limit out of range */
export function selectSummaries(filter: RunFilter): { sql: string; values: SQLInputValue[] } {
  const { status, session, principal, parentRunId, since, after, limit = 100 } = filter;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostListed) {
    throw new SandboxError('USAGE', `A list has 1 to ${mostListed} runs, not ${limit}.`);
  }
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const must = (condition: string, ...given: SQLInputValue[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  if (status) must(`status IN (${status.map(() => '?').join(', ')})`, ...status);
  if (session !== undefined) must('session = ?', session);
  if (principal !== undefined) must('principal = ?', principal);
  if (parentRunId !== undefined) must('parent_run = ?', parentRunId);
  if (since !== undefined) must('created_at >= ?', since);
  if (after !== undefined) must('id < (SELECT id FROM runs WHERE run_id = ?)', after);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const sql = `SELECT ${summaryColumns} FROM runs ${where} ORDER BY id DESC LIMIT ?`;
  return { sql, values: [...values, limit] };
}

export function toSummary(row: SummaryRow): RunSummary {
  const { session, principal, parent_run: parent, parent_as: as, parent_step: step } = row;
  return {
    runId: row.run_id,
    status: row.status,
    name: row.name,
    mode: row.mode,
    ...(session !== null && { session }),
    ...(principal !== null && { principal }),
    ...(parent !== null &&
      as !== null && { parent: { runId: parent, as, ...(step !== null && { step }) } }),
    createdAt: row.created_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    calls: row.calls,
    openAsks: row.open_asks,
    bytes: row.bytes,
    incomplete: row.incomplete === 1,
  };
}

/** Who this process is, for people. */
export const thisHost = { pid: process.pid, hostname: hostname() } as const;
