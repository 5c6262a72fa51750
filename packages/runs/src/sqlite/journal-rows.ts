import type { AnsweredCall, Blobs, HostAnswer, LogEntry, RecordedCall, RunStep } from '@org/core';
import type { JournalEntry } from '../run-store.ts';
import type { Database } from './database.ts';

/** Numbers in the file: never change one. */
export const rowType = {
  called: 1,
  sent: 2,
  answered: 3,
  failed: 4,
  stepped: 5,
  log: 6,
} as const;

/** A row of `journal`. Answers are kept as they are, not as JSON strings. */
export interface JournalRow {
  readonly type: number;
  /** Id of the host call; 0 where it is about none. */
  readonly call: number;
  readonly data: string;
  readonly more: string | null;
}

/** What of an answer is no text. */
type AnswerNotes = Pick<AnsweredCall, 'record' | 'warning'> & {
  readonly blobs?: readonly string[];
};

export function toRow(entry: JournalEntry): JournalRow {
  switch (entry.type) {
    case 'called': {
      const { id, name, args } = entry.call;
      return row(rowType.called, id, JSON.stringify([name, ...args]));
    }
    case 'sent':
      return row(rowType.sent, entry.id, '');
    case 'answered': {
      const { id, answer, record, warning, blobs } = entry.answered;
      const notes: AnswerNotes = {
        ...(record && { record }),
        ...(warning !== undefined && { warning }),
        ...(blobs && { blobs: [...blobs.keys()] }),
      };
      const more = Object.keys(notes).length === 0 ? null : JSON.stringify(notes);
      return answer.ok
        ? row(rowType.answered, id, answer.text, more)
        : row(rowType.failed, id, answer.error, more);
    }
    case 'stepped':
      return row(rowType.stepped, 0, JSON.stringify(entry.step));
    case 'log':
      return row(rowType.log, 0, JSON.stringify(entry.log));
    default:
      return entry satisfies never;
  }
}

function row(type: number, call: number, data: string, more: string | null = null): JournalRow {
  return { type, call, data, more };
}

/** What the rows of a run say. */
export interface ReadJournal {
  readonly calls: readonly RecordedCall[];
  readonly steps: readonly RunStep[];
  readonly logs: readonly LogEntry[];
  /** How often each call was sent. */
  readonly sendings: ReadonlyMap<number, number>;
  /** After how many steps each call was made. */
  readonly madeAfter: ReadonlyMap<number, number>;
}

/** @param blobs those of the run */
export function readJournal(
  rows: readonly JournalRow[],
  blobs: Blobs,
  database: Database,
): ReadJournal {
  const calls = new Map<number, RecordedCall>();
  const sendings = new Map<number, number>();
  const madeAfter = new Map<number, number>();
  const steps: RunStep[] = [];
  const logs: LogEntry[] = [];
  for (const { type, call, data, more } of rows) {
    if (type === rowType.stepped) steps.push(database.parse<RunStep>(data));
    if (type === rowType.log) logs.push(database.parse<LogEntry>(data));
    const known = calls.get(call);
    if (type === rowType.called && known === undefined) {
      const [name = '', ...args] = database.parse<string[]>(data);
      calls.set(call, { id: call, name, args, sent: false });
      madeAfter.set(call, steps.length);
    } else if (known !== undefined && type === rowType.sent) {
      sendings.set(call, (sendings.get(call) ?? 0) + 1);
      calls.set(call, { ...known, sent: true });
    } else if (known !== undefined && (type === rowType.answered || type === rowType.failed)) {
      const answer: HostAnswer =
        type === rowType.answered ? { ok: true, text: data } : { ok: false, error: data };
      const { blobs: handles, ...notes } = database.parse<AnswerNotes>(more ?? '{}');
      const own = handles && new Map([...blobs].filter(([handle]) => handles.includes(handle)));
      calls.set(call, { ...known, answer, ...notes, ...(own && { blobs: own }) });
    }
  }
  return { calls: [...calls.values()], steps, logs, sendings, madeAfter };
}
