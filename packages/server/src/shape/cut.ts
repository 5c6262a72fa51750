import { counted, isJsonObject, type JsonValue } from '@org/core';
import { cutText } from './cut-text.ts';
import { keyTokens, Sizes } from './sizes.ts';
import { estimateTokens } from './tokens.ts';

/** A part of a value that was cut. */
export interface Cut {
  /** JSON Pointer (RFC 6901) to it; empty for the whole value. */
  readonly at: string;
  /** What of it is shown, such as `items 0-12, 990-999 of 1000`. */
  readonly shown: string;
  /** Path, as of `select`, to the first items that are not shown. */
  readonly next?: string;
}

export interface CutValue {
  readonly value: JsonValue;
  /** Outer ones first; at most 12. */
  readonly cuts: readonly Cut[];
  /** How many more there are. */
  readonly moreCuts: number;
}

const maxCuts = 12;
/** With less than this an item is told of, not shown. */
const leastTokens = 8;
/** Arrays up to this length keep all their items, each cut to its share. */
const fewItems = 8;
const markTokens = 12;

/**
 * `value` cut to about `tokens` of JSON, which stays valid JSON of the same structure: long strings
 * lose their middle, arrays the items between the first and the last, objects their last keys, and
 * a text in each place says how much. A value that fits is returned as it is.
 */
export function cutToBudget(value: JsonValue, tokens: number): CutValue {
  if (estimateTokens(JSON.stringify(value)) <= tokens) return { value, cuts: [], moreCuts: 0 };
  const sizes = new Sizes();
  // Sizes are sums of estimates; where they come out too low, less is kept.
  for (let budget = tokens; budget >= 1; budget *= 0.8) {
    const cutter = new Cutter(sizes);
    const cut = cutter.cut(value, budget, '');
    if (estimateTokens(JSON.stringify(cut)) <= tokens) {
      const { cuts } = cutter;
      return {
        value: cut,
        cuts: cuts.slice(0, maxCuts),
        moreCuts: Math.max(0, cuts.length - maxCuts),
      };
    }
  }
  return { value: described(value), cuts: [{ at: '', shown: 'nothing' }], moreCuts: 0 };
}

class Cutter {
  readonly cuts: Cut[] = [];
  readonly #sizes: Sizes;

  constructor(sizes: Sizes) {
    this.#sizes = sizes;
  }

  cut(value: JsonValue, budget: number, at: string): JsonValue {
    if (this.#sizes.of(value) <= budget) return value;
    if (typeof value === 'string') return this.#text(value, budget, at);
    if (typeof value !== 'object' || value === null) return value;
    if (budget < leastTokens) return this.#describe(value, at);
    return isJsonObject(value)
      ? this.#object(value, budget, at)
      : this.#array(value as readonly JsonValue[], budget, at);
  }

  #text(value: string, budget: number, at: string): JsonValue {
    const cut = cutText(value, budget);
    if (cut === undefined) return this.#describe(value, at);
    const { head, tail } = cut;
    this.#note(at, `first ${head} and last ${tail} of ${value.length} characters`);
    return cut.text;
  }

  #array(items: readonly JsonValue[], budget: number, at: string): JsonValue {
    if (items.length <= fewItems) {
      return this.#shares(
        items.map((item, index) => [String(index), item]),
        budget - 2,
        at,
      );
    }
    const room = budget - markTokens;
    const first = this.#sizes.of(items[0] as JsonValue);
    const head = this.#fitting(items, (room * 2) / 3, 1);
    if (head === 0 || first > room / 3) return this.#fewOf(items, room, at);
    const left = room - this.#sum(items.slice(0, head));
    const tail = Math.min(this.#fitting(items, left, -1), items.length - head);
    this.#noteItems(at, head, tail, items.length);
    const mark = `…${counted(items.length - head - tail, 'item')} cut…`;
    return [...items.slice(0, head), mark, ...items.slice(items.length - tail)];
  }

  /** Of an array of large items: the first three and the last, each cut to its share. */
  #fewOf(items: readonly JsonValue[], room: number, at: string): JsonValue {
    const head = room < 4 * leastTokens ? 1 : 3;
    const tail = room < 2 * leastTokens ? 0 : 1;
    const indices = [...items.keys()];
    const kept = [...indices.slice(0, head), ...indices.slice(items.length - tail)];
    this.#noteItems(at, head, tail, items.length);
    const parts = this.#shares(
      kept.map((index) => [String(index), items[index] as JsonValue]),
      room,
      at,
    );
    const mark = `…${counted(items.length - head - tail, 'item')} cut…`;
    return [...parts.slice(0, head), mark, ...parts.slice(head)];
  }

  /** How many items fit, from the first on, or from the last back. */
  #fitting(items: readonly JsonValue[], budget: number, step: 1 | -1): number {
    let left = budget;
    for (let count = 0; count < items.length; count++) {
      const item = items.at(step === 1 ? count : -1 - count) as JsonValue;
      left -= this.#sizes.of(item) + 1;
      if (left < 0) return count;
    }
    return items.length;
  }

  #sum(items: readonly JsonValue[]): number {
    return items.reduce<number>((sum, item) => sum + this.#sizes.of(item) + 1, 0);
  }

  #object(value: { readonly [key: string]: JsonValue }, budget: number, at: string): JsonValue {
    const entries = Object.entries(value);
    let names = 2;
    let kept = 0;
    for (const [key] of entries) {
      const next = names + keyTokens(key) + 2;
      if (next > budget - markTokens && next > budget / 2) break;
      names = next;
      kept++;
    }
    const shown = entries.slice(0, kept);
    const missing = entries.length - kept;
    if (missing > 0) this.#note(at, `${kept} of ${counted(entries.length, 'key')}`);
    const room = budget - names + 2 * kept - (missing > 0 ? markTokens : 0);
    const members = this.#shares(shown, room, at);
    const cut = shown.map(([key], index): [string, JsonValue] => [key, members[index] ?? null]);
    if (missing > 0) cut.push([freeKey(value), `${counted(missing, 'more key')} cut`]);
    return Object.fromEntries(cut);
  }

  /** Each part whole where it takes less than its share; what it leaves goes to the others. */
  #shares(
    parts: readonly (readonly [string, JsonValue])[],
    budget: number,
    at: string,
  ): JsonValue[] {
    const bySize = parts
      .map(([, value], index) => ({ index, size: this.#sizes.of(value) + 1 }))
      .sort((a, b) => a.size - b.size);
    const share = new Map<number, number>();
    let left = budget;
    for (const [done, { index, size }] of bySize.entries()) {
      const own = Math.min(size, left / (bySize.length - done));
      share.set(index, own);
      left -= own;
    }
    return parts.map(([key, value], index) =>
      this.cut(value, share.get(index) ?? 0, `${at}/${pointerStep(key)}`),
    );
  }

  #describe(value: JsonValue, at: string): JsonValue {
    this.#note(at, 'nothing');
    return described(value);
  }

  #noteItems(at: string, head: number, tail: number, length: number): void {
    const last = tail === 0 ? '' : `, ${range(length - tail, length - 1)}`;
    this.#note(
      at,
      `items ${range(0, head - 1)}${last} of ${length}`,
      `${at}/${range(head, Math.min(head + 19, length - tail - 1))}`,
    );
  }

  #note(at: string, shown: string, next?: string): void {
    this.cuts.push({ at, shown, ...(next !== undefined && { next }) });
  }
}

function described(value: JsonValue): JsonValue {
  if (typeof value === 'string') return `…${counted(value.length, 'character')} cut…`;
  if (typeof value !== 'object' || value === null) return value;
  return isJsonObject(value)
    ? `…object of ${counted(Object.keys(value).length, 'key')} cut…`
    : `…array of ${counted(value.length, 'item')} cut…`;
}

const range = (from: number, to: number) => (from === to ? String(from) : `${from}-${to}`);

const pointerStep = (key: string): string =>
  (key.length > 64 ? `${key.slice(0, 64)}…` : key).replaceAll('~', '~0').replaceAll('/', '~1');

function freeKey(value: { readonly [key: string]: JsonValue }): string {
  let key = '…';
  while (Object.hasOwn(value, key)) key += '…';
  return key;
}
