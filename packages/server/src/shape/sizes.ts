import { isJsonObject, type JsonValue } from '@org/core';
import { estimateTokens } from './tokens.ts';

const quotes = 2;
const separator = 0.7;

/** Tokens of an object's key, with what stands around it. */
export const keyTokens = (key: string): number => estimateTokens(key) + quotes + separator;

/** Estimated tokens of the JSON of values; what was asked for once is remembered for containers. */
export class Sizes {
  readonly #known = new Map<object, number>();

  of(value: JsonValue): number {
    if (typeof value === 'string')
      return quotes + estimateTokens(JSON.stringify(value).slice(1, -1));
    if (typeof value !== 'object' || value === null) return estimateTokens(String(value));
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    let size = quotes;
    if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) size += keyTokens(key) + this.of(member);
    } else {
      for (const item of value) size += this.of(item) + separator;
    }
    this.#known.set(value, size);
    return size;
  }
}
