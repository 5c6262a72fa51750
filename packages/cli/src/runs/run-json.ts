import { type Receipt, type RunRecord, receiptOf } from '@org/runs';
import { adviceFor } from './advice.ts';
import { type ShownCall, shownCalls } from './shown-calls.ts';

/** A run as `run show --json` has it: its record without the answers, which `run export` has. */
export interface RunJson extends Omit<RunRecord, 'calls' | 'journal' | 'madeAfter' | 'toolCalls'> {
  readonly calls: readonly Omit<ShownCall, 'answer'>[];
  readonly steps: number;
  readonly receipt?: Receipt;
  /** What can be done about it, for people. */
  readonly next: readonly string[];
}

export function runJson(record: RunRecord): RunJson {
  const { journal, madeAfter: _, toolCalls: __, calls: ___, ...rest } = record;
  const calls = shownCalls(record);
  const { outcome, limits } = record;
  return {
    ...rest,
    calls: calls.map(({ answer: _, ...call }) => call),
    steps: journal.steps.length,
    ...(outcome === undefined || limits === undefined
      ? {}
      : { receipt: receiptOf(outcome, limits) }),
    next: adviceFor(record, calls),
  };
}
