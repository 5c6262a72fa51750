import { canonicalJson, type JsonValue, type RunOutcome } from '@org/core';
import type { TapedCall, TapedOutcome, TapedRun } from '@org/skill-store';
import { callKey, callText } from './replay-calls.ts';

/** What of an outcome a cassette keeps and compares. */
export function recordedOutcome(outcome: RunOutcome): TapedOutcome {
  const { status, usage } = outcome;
  return { status, result: resultOf(outcome), fuel: usage.fuel };
}

function resultOf(outcome: RunOutcome): JsonValue {
  switch (outcome.status) {
    case 'returned':
      return outcome.value;
    case 'threw':
    case 'aborted': {
      const { name, message, code } = outcome.error;
      return { name, message, ...(code !== undefined && { code }) };
    }
    case 'limit':
      return { ...outcome.limit };
    case 'suspended':
      return null;
  }
}

export interface Comparison {
  /** Lines that say what differs, for people; none where nothing does. */
  readonly differences: readonly string[];
  /** What is another number and no difference, such as fuel of another engine. */
  readonly remarks: readonly string[];
}

/** How a repeated run differs from the recorded one. */
export function compareRuns(
  recorded: TapedRun,
  now: { readonly outcome: TapedOutcome; readonly calls: readonly TapedCall[] },
  engineDigest: string,
): Comparison {
  const { outcome, calls } = recorded;
  const differences = [
    ...compareCalls(calls, now.calls),
    ...(outcome.status === now.outcome.status
      ? []
      : [`it ended as ${now.outcome.status}, and was recorded as ${outcome.status}`]),
    ...compareValues('result', outcome.result, now.outcome.result),
  ];
  const remarks: string[] = [];
  const fuel = `fuel ${now.outcome.fuel}, recorded ${outcome.fuel}`;
  if (recorded.engineDigest !== engineDigest) {
    remarks.push(`recorded with another engine, so fuel is not compared (${fuel})`);
  } else if (outcome.fuel !== now.outcome.fuel) differences.push(fuel);
  return { differences, remarks };
}

function compareCalls(before: readonly TapedCall[], after: readonly TapedCall[]): string[] {
  const lines: string[] = [];
  const count = Math.max(before.length, after.length);
  for (let index = 0; index < count && lines.length < maxLines; index++) {
    const [was, is] = [before[index], after[index]];
    if (was !== undefined && is !== undefined && callKey(was) === callKey(is)) continue;
    lines.push(`call ${index + 1}`, ...line('-', was), ...line('+', is));
  }
  return lines;
}

const maxLines = 60;
const line = (sign: string, call: TapedCall | undefined): string[] =>
  call === undefined ? [] : [`  ${sign} ${cut(callText(call))}`];
const cut = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 300)}…`);

/** Lines of two JSON values that differ, with those that are the same left out. */
export function compareValues(what: string, before: JsonValue, after: JsonValue): string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  return [what, ...lineDiff(jsonLines(before), jsonLines(after))];
}

const jsonLines = (value: JsonValue): string[] => JSON.stringify(value, null, 2).split('\n');

/** Lines that were taken away and added, between the first and the last that differ. */
export function lineDiff(before: readonly string[], after: readonly string[]): string[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  ) {
    end++;
  }
  const removed = before.slice(start, before.length - end).map((text) => `  - ${cut(text)}`);
  const added = after.slice(start, after.length - end).map((text) => `  + ${cut(text)}`);
  const shown = (lines: string[]) =>
    lines.length <= maxLines
      ? lines
      : [...lines.slice(0, maxLines), `  … ${lines.length - maxLines} more`];
  return [`  @ line ${start + 1}`, ...shown(removed), ...shown(added)];
}
