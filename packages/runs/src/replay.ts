import type { HostCall, RecordedRun, RunJournal, RunOutcome } from '@org/core';
import type { Run, RunOptions, Sandbox } from '@org/wasm-runtime';
import { compareOutcomes, endsByItself } from './compare-outcomes.ts';
import { offlinePorts } from './offline-ports.ts';
import { parseKept } from './parse-kept.ts';
import type { ReplayReport } from './replay-report.ts';
import type { KeptRun } from './run-store.ts';

/** Counts what a run makes again, and says when it has made all recorded steps. */
class Progress implements RunJournal {
  readonly #steps: number;
  readonly #onLast: () => void;
  steps = 0;
  calls = 0;

  constructor(steps: number, onLast: () => void) {
    this.#steps = steps;
    this.#onLast = onLast;
  }

  called(): void {
    this.calls++;
  }

  sent(): void {}

  answered(): void {}

  stepped(): void {
    this.steps++;
    if (this.steps === this.#steps) this.#onLast();
  }
}

/**
 * Makes the run again from its record alone, and compares.
 * @throws SandboxError `RUN_NOT_RESUMABLE`
 */
export async function replay(sandbox: Sandbox, kept: KeptRun): Promise<ReplayReport> {
  const { program, options } = parseKept(sandbox, kept);
  const { recorded, outcome: before } = kept;
  const { runId } = kept.run;
  const abort = new AbortController();
  let strange: HostCall | undefined;
  let run: Run | undefined;
  // One that ends by itself does so in its last step, or waits for what cannot come.
  const rests = !(before?.status === 'threw' && before.error.code === 'DEADLOCK');
  const freeze = () => run?.freeze({ waitMs: 0 }).catch(() => {});
  const progress = new Progress(recorded.steps.length, () => {
    if (rests) queueMicrotask(freeze);
  });
  run = await sandbox.start(program, {
    ...options,
    ...offlinePorts(abort.signal),
    signal: abort.signal,
    journal: progress,
    recorded: {
      run: recorded,
      onUnknown: () => new Promise(() => {}),
      onDivergence: (call) => {
        strange ??= call;
        abort.abort();
      },
    },
  } satisfies RunOptions);
  if (rests && recorded.steps.length === 0) freeze();
  const outcome: RunOutcome = { ...(await run.outcome), runId };
  const found = { runId, steps: progress.steps, calls: progress.calls, outcome };
  if (strange !== undefined) {
    return { ...found, same: false, difference: { at: 'call', ...differing(strange, recorded) } };
  }
  const difference =
    before !== undefined && endsByItself(before) ? compareOutcomes(before, outcome) : undefined;
  return { ...found, same: difference === undefined, ...(difference && { difference }) };
}

function differing(made: HostCall, { calls }: RecordedRun) {
  const placed = calls.find(({ id }) => id === made.id);
  if (placed === undefined) return { made };
  const { id, name, args } = placed;
  return { made, recorded: { id, name, args } };
}
