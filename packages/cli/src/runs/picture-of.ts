import type { RecordedCall } from '@org/core';
import { type RunRecord, receiptOf } from '@org/runs';
import { adviceFor } from './advice.ts';
import { callLines } from './call-lines.ts';
import type { PicturedCall, PicturedRun, UsageSample } from './page/pictured-run.ts';
import { runFacts } from './run-facts.ts';
import { endingOf } from './run-text.ts';
import { type ShownCall, shownCalls } from './shown-calls.ts';

/** What the page of a run shows of its record. */
export async function pictureOf(record: RunRecord): Promise<PicturedRun> {
  const { journal, startTime, source, outcome, limits } = record;
  const calls = shownCalls(record);
  const lineOf = source === undefined ? undefined : await callLines(record.name, source);
  const times = timesOf(record);
  return {
    runId: record.runId,
    program: record.name,
    status: record.status,
    startedAt: record.createdAt,
    facts: runFacts(record),
    advice: adviceFor(record, calls),
    calls: calls.map((call, index): PicturedCall => {
      const recorded = journal.calls[index] as RecordedCall;
      const { id, name, args, answer } = call;
      return {
        ...{ id, name, args: indented(args), status: pictured(call) },
        ...(times[index] as Times),
        bytes: call.record?.bytes,
        answer: answer === undefined ? undefined : indented(answer),
        line: lineOf?.(recorded),
      };
    }),
    steps: journal.steps.map(({ clock }) => Math.max(0, clock - startTime)),
    samples: samplesOf(record),
    logs: record.logs,
    ending: endingOf(record),
    source,
    receipt: outcome === undefined || limits === undefined ? undefined : receiptOf(outcome, limits),
  };
}

/** What was used before each step, and at the end. */
function samplesOf({ journal, startTime, outcome }: RunRecord): UsageSample[] {
  const samples = journal.steps.flatMap(({ clock, used }) =>
    used === undefined ? [] : [{ at: Math.max(0, clock - startTime), ...used }],
  );
  const last = samples.at(-1);
  if (outcome === undefined || last === undefined) return samples;
  const { fuel, memoryBytes, wallMs } = outcome.usage;
  return [...samples, { at: Math.max(last.at, wallMs), fuel, memoryBytes }];
}

function pictured({ status }: ShownCall): PicturedCall['status'] {
  return status === 'sent' || status === 'asks' ? 'open' : status;
}

const longestIndented = 256 * 1024;

/** JSON as people read it; anything else as it is. */
function indented(text: string): string {
  if (text.length > longestIndented) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

interface Times {
  readonly from: number;
  readonly to: number;
}

/**
 * When each call was made and answered, in milliseconds after the start. A call is answered when the
 * answer is handed in. It was made in a step whose beginning is recorded, and as long before its answer
 * as it took, where that is known. A call without an answer reaches to the end.
 */
function timesOf({ journal, madeAfter, startTime, createdAt, endedAt }: RunRecord): Times[] {
  const answeredAt = new Map(
    journal.steps.flatMap(({ clock, answers }) =>
      answers.map((id) => [id, Math.max(0, clock - startTime)] as const),
    ),
  );
  const last = Math.max(0, (endedAt ?? createdAt) - createdAt, ...answeredAt.values());
  const begun = (steps: number): number =>
    Math.max(0, (journal.steps[steps - 1]?.clock ?? startTime) - startTime);
  return journal.calls.map((call) => {
    const to = answeredAt.get(call.id) ?? last;
    const took = call.record?.ms ?? (call.name === 'sleep' ? Number(call.args[0]) : Number.NaN);
    const made = begun(madeAfter.get(call.id) ?? 0);
    return { from: Math.min(took >= 0 ? Math.max(made, to - took) : made, to), to };
  });
}
