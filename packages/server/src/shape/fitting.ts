import { estimateTokens } from './tokens.ts';

/** The first items whose JSON takes at most `tokens` together; the first one is there in any case. */
export function fitting<T>(items: readonly T[], tokens: number): readonly T[] {
  let left = tokens;
  const tooMany = items.findIndex((item, index) => {
    left -= estimateTokens(JSON.stringify(item));
    return left < 0 && index > 0;
  });
  return tooMany < 0 ? items : items.slice(0, tooMany);
}
