import type { RunSummary } from '@org/runs';
import { duration } from '../amounts.ts';
import { columns } from '../columns.ts';
import { plainLine } from '../plain-text.ts';
import { shortId } from './find-run.ts';

/** How long it was at it, or has been until now; milliseconds. */
function age({ createdAt, endedAt }: RunSummary, now: number): number {
  return Math.max(0, (endedAt ?? now) - createdAt);
}

/** How long ago, for people: `3.0 h ago`. */
export function ago(time: number, now = Date.now()): string {
  return `${duration(Math.max(0, now - time))} ago`;
}

/** What a run is besides a plain one. */
function kindOf({ mode, parent }: RunSummary): string {
  if (mode === 'plan') return ' (plan)';
  return parent === undefined ? '' : ` (${parent.as} of ${shortId(parent.runId)})`;
}

/**
 * For a terminal of this width; nothing for no runs.
 * @param paint colours a status
 */
export function runTable(
  runs: readonly RunSummary[],
  width: number,
  paint: (status: string) => string = (status) => status,
): string[] {
  const now = Date.now();
  if (runs.length === 0) return [];
  const rows = runs.map((run) => [
    shortId(run.runId),
    run.openAsks > 0 ? `${run.status}, asks` : run.status,
    ago(run.createdAt, now),
    duration(age(run, now)),
    String(run.calls),
    `${run.name}${kindOf(run)}`,
  ]);
  return columns([['RUN', 'STATUS', 'BEGAN', 'TOOK', 'CALLS', 'PROGRAM'], ...rows], {
    width,
    spare: [4, 3, 2],
    paint: (cell, column) => (column === 1 ? paint(cell) : cell),
  });
}

/** For other programs: the whole of everything. */
export function tabbedRuns(runs: readonly RunSummary[], now = Date.now()): string[] {
  return runs.map((run) => {
    const { runId, status, createdAt, calls, session = '', name } = run;
    const began = new Date(createdAt).toISOString();
    const took = String(Math.round(age(run, now)));
    return [runId, status, began, took, String(calls), session, name].map(plainLine).join('\t');
  });
}
