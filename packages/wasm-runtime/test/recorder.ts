import type { RecordedCall, RecordedRun, RunJournal, RunStep } from '@org/core';

/** A journal in memory, and what one would read back of it. */
export interface Recorder extends RunJournal {
  /** Every word that it was told, in order; what was replayed is marked by `~`. */
  readonly told: string[];
  /** What it has after the first `count` words, or all of them. */
  recorded(count?: number): RecordedRun;
}

type Change = (calls: Map<number, RecordedCall>, steps: RunStep[]) => void;

export function recorder(before: RecordedRun = { calls: [], steps: [] }): Recorder {
  const told: string[] = [];
  const changes: Change[] = [];
  const note = (word: string, replayed: boolean, change: Change) => {
    told.push(replayed ? `~${word}` : word);
    // What is replayed is in `before` already.
    changes.push(replayed && before.calls.length > 0 ? () => {} : change);
  };
  return {
    told,
    called: (call, replayed) =>
      note(`called ${call.id}`, replayed, (calls) => {
        calls.set(call.id, { ...call, sent: false });
      }),
    sent: (id, replayed) =>
      note(`sent ${id}`, replayed, (calls) => {
        calls.set(id, { ...(calls.get(id) as RecordedCall), sent: true });
      }),
    answered: ({ id, ...settled }, replayed) =>
      note(`answered ${id}`, replayed, (calls) => {
        calls.set(id, { ...(calls.get(id) as RecordedCall), ...settled });
      }),
    stepped: (step, replayed) =>
      note(`stepped ${step.answers}`, replayed, (_, steps) => {
        steps.push(step);
      }),
    recorded(count = changes.length) {
      const calls = new Map(before.calls.map((call) => [call.id, call]));
      const steps = [...before.steps];
      for (const change of changes.slice(0, count)) change(calls, steps);
      return { calls: [...calls.values()], steps };
    },
  };
}
