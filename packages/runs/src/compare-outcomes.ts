import type { JsonValue, RunOutcome } from '@org/core';
import type { ReplayDifference } from './replay-report.ts';

/** Whether the program alone decided that the run ended so: a replay ends the same. */
export function endsByItself(outcome: RunOutcome): boolean {
  if (outcome.status === 'limit') return outcome.limit.kind !== 'wall';
  return outcome.status === 'returned' || outcome.status === 'threw';
}

/** What of an outcome repeats, in the order in which a reader wants to know what does not. */
function repeatable(outcome: RunOutcome): readonly (readonly [string, unknown])[] {
  const { usage, logs, calls } = outcome;
  const ending = 'value' in outcome ? outcome.value : undefined;
  return [
    ['status', outcome.status],
    ['limit', 'limit' in outcome ? outcome.limit : undefined],
    ['error', 'error' in outcome ? outcome.error : undefined],
    ['value', ending],
    ...logs.map((line, index) => [`logs[${index}]`, line] as const),
    ['logs.length', logs.length],
    ...calls.map(({ ms: _, ...call }, index) => [`calls[${index}]`, call] as const),
    ['calls.length', calls.length],
    ['usage.fuel', usage.fuel],
    ['usage.memoryBytes', usage.memoryBytes],
    ['usage.bytesReturned', usage.bytesReturned],
  ];
}

/** The first field in which a replayed outcome is not as the recorded one. */
export function compareOutcomes(
  recorded: RunOutcome,
  replayed: RunOutcome,
): ReplayDifference | undefined {
  const ours = new Map(repeatable(replayed));
  for (const [field, value] of repeatable(recorded)) {
    const other = ours.get(field);
    // The same text, not only the same value: the order of fields counts.
    if (JSON.stringify(value) === JSON.stringify(other)) continue;
    const shown = (one: unknown) => (one ?? null) as JsonValue;
    return { at: 'outcome', field, recorded: shown(value), replayed: shown(other) };
  }
  return undefined;
}
