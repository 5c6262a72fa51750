import { seededRandom } from '../../packages/bridge/test/seeded-random.ts';
import { Coverage } from './coverage.ts';
import { type Change, changed, kinds } from './mutations.ts';
import type { Target } from './target.ts';

export interface Guidance {
  /** Asked after each batch. */
  readonly goesOn: (executions: number) => boolean;
  readonly seed: number;
  /** Inputs of earlier runs, each of which reached something that those before it did not. */
  readonly corpus: readonly Uint8Array[];
}

export interface Guided {
  readonly executions: number;
  /** Blocks of the functions that ran. */
  readonly blocks: { readonly known: number; readonly reached: number };
  readonly corpus: readonly Uint8Array[];
  /** Of one input, in milliseconds. */
  readonly slowestMs: number;
  /** The smallest input found for which the claim does not hold. Nothing was tried after it. */
  readonly find?: { readonly input: Uint8Array; readonly error: unknown };
}

/** Inputs between two looks: a look takes as long as some 20 of them. */
const batchSize = 40;
const maxInputBytes = 4_096;

/** An input near one of the corpus, with words of the target and parts of other inputs. */
function varied(corpus: readonly Uint8Array[], words: readonly string[], random: () => number) {
  const below = (end: number) => Math.floor(random() * end);
  const one = <Item>(items: readonly Item[]) => items[below(items.length)];
  const more = (): Uint8Array => {
    if (words.length > 0 && random() < 0.6) return Buffer.from(one(words) ?? '');
    const other = one(corpus) ?? new Uint8Array();
    const start = below(other.length);
    return other.subarray(start, start + 1 + below(32));
  };
  let bytes: Buffer = Buffer.from(one(corpus) ?? []);
  for (let left = 1 + below(5); left > 0; left--) {
    const kind = random() < 0.4 ? 'insert' : (one(kinds) ?? 'flip');
    const change: Change = { kind, at: random(), bit: below(8), byte: below(256), bytes: more() };
    bytes = changed(bytes, change);
  }
  return new Uint8Array(bytes.subarray(0, maxInputBytes));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);

function failure(target: Target, input: Uint8Array): { readonly error: unknown } | undefined {
  try {
    target.holds(input);
  } catch (error) {
    return { error };
  }
  return undefined;
}

/** The input without what does not matter to this failure. */
function smallest(target: Target, input: Uint8Array, error: unknown): Uint8Array {
  let best = input;
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      const same = failure(target, shorter);
      if (same !== undefined && messageOf(same.error) === messageOf(error)) best = shorter;
      else at += size;
    }
  }
  return best;
}

/**
 * Changes inputs at random and keeps those that reach code that none before them did. The same seed,
 * corpus and number of executions give the same inputs.
 */
export function guided(target: Target, { goesOn, seed, corpus }: Guidance): Guided {
  using coverage = new Coverage();
  const random = seededRandom(seed);
  const kept: Uint8Array[] = [];
  let executions = 0;
  let slowestMs = 0;
  const finished = (find?: Guided['find']): Guided => ({
    executions,
    blocks: coverage.blocks,
    corpus: kept,
    slowestMs: Math.round(slowestMs),
    ...(find !== undefined && { find }),
  });
  const attempt = (input: Uint8Array) => {
    executions++;
    const start = performance.now();
    const failed = failure(target, input);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    return failed && { input: smallest(target, input, failed.error), error: failed.error };
  };
  const keepIfNew = (input: Uint8Array) => {
    const find = attempt(input);
    if (coverage.look().length > 0) kept.push(input);
    return find;
  };
  for (const input of [...target.seeds, ...corpus]) {
    const find = keepIfNew(input);
    if (find !== undefined) return finished(find);
  }
  while (goesOn(executions)) {
    const batch = Array.from({ length: batchSize }, () => varied(kept, target.words, random));
    for (const input of batch) {
      const find = attempt(input);
      if (find !== undefined) return finished(find);
    }
    const news = coverage.look();
    if (news.length === 0) continue;
    coverage.forget(news);
    for (const input of batch) keepIfNew(input);
  }
  return finished();
}
