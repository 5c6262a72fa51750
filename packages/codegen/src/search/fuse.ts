/** Damps the difference between first places (Cormack, Clarke and Büttcher 2009). */
const damping = 60;

/**
 * Reciprocal rank fusion: what several rankings put high comes first. Of equals the first ranking's
 * order counts.
 * @param rankings ids, best first; an id that is twice in one counts once
 */
export function fuseRankings(rankings: readonly (readonly number[])[]): number[] {
  const [only] = rankings;
  if (only !== undefined && rankings.length === 1) return [...new Set(only)];
  const scores = new Map<number, number>();
  for (const ranking of rankings) {
    for (const [rank, id] of [...new Set(ranking)].entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (damping + rank + 1));
    }
  }
  return [...scores].sort(([, left], [, right]) => right - left).map(([id]) => id);
}
