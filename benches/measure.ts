/** Times things beside each other: in turns, so that a busy machine slows all of them alike. */
import { setTimeout as pause } from 'node:timers/promises';

/** One thing to time. Only `run` is timed. */
export interface Timed<Prepared = unknown> {
  prepare?(): Prepared | Promise<Prepared>;
  run(prepared: Prepared): unknown;
  after?(prepared: Prepared): unknown;
  /** Waited before each run, while pools make themselves ready. In milliseconds, default 0. */
  readonly restMs?: number;
}

/** Milliseconds of each run, in their order. */
export type Samples = readonly number[];

/** Shortens everything, to see whether it works. */
export const quick = process.env.BENCH_QUICK !== undefined;

/** A turn lasts at least this long, in milliseconds, so that short runs come in batches. */
const turnMs = 3;

async function once<Prepared>(timed: Timed<Prepared>): Promise<number> {
  if (timed.restMs !== undefined) await pause(timed.restMs);
  const prepared = (await timed.prepare?.()) as Prepared;
  const start = performance.now();
  // Awaiting what is no promise would cost a turn of the job queue.
  const result = timed.run(prepared);
  if (result instanceof Promise) await result;
  const ms = performance.now() - start;
  await timed.after?.(prepared);
  return ms;
}

async function turn(timed: Timed, samples: number[], forMs: number, least = 1): Promise<void> {
  const start = performance.now();
  for (let runs = 1; ; runs++) {
    samples.push(await once(timed));
    if (runs >= least && performance.now() - start >= forMs) return;
  }
}

/**
 * Times all of `subjects` in turns for `ms` milliseconds each, after a warm-up of a quarter of that.
 * Each runs at least `least` times in both.
 */
export async function compare<Name extends string>(
  subjects: Readonly<Record<Name, Timed>>,
  { ms, least = 3 }: { readonly ms: number; readonly least?: number },
): Promise<Record<Name, Samples>> {
  const forMs = quick ? ms / 10 : ms;
  const leastRuns = quick ? 2 : least;
  const entries = Object.entries(subjects) as [Name, Timed][];
  const results = {} as Record<Name, number[]>;
  for (const [name, timed] of entries) {
    await turn(timed, [], forMs / 4, leastRuns);
    results[name] = [];
  }
  const start = performance.now();
  const budget = forMs * entries.length;
  for (let round = 0; round < leastRuns || performance.now() - start < budget; round++) {
    for (const [name, timed] of entries) await turn(timed, results[name], turnMs);
  }
  return results;
}

/** The sample below which `share` of all lie. */
export function quantile(samples: Samples, share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (samples: Samples): number => quantile(samples, 0.5);
