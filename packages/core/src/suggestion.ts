/** Edit distance with adjacent transpositions, given up (Infinity) once it must exceed `bound`. */
function distance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) > bound) return Infinity;
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let best = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1]
      ) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    if (Math.min(...current) > bound) return Infinity;
    before = above;
    above = current;
  }
  return above[to.length] ?? Infinity;
}

/** The candidate that `text` was most likely meant to be, or undefined when none is near. */
export function closest(text: string, candidates: Iterable<string>): string | undefined {
  const fold = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const wanted = fold(text.slice(0, 128));
  const bound = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = bound + 1;
  let completed: string | undefined;
  for (const candidate of candidates) {
    const folded = fold(candidate);
    const found = distance(wanted, folded, bound);
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
    // The beginning of a name, where it begins only one.
    if (wanted.length >= 3 && folded.startsWith(wanted)) {
      completed = completed === undefined ? candidate : '';
    }
  }
  return best ?? (completed === '' ? undefined : completed);
}

/** ` Did you mean "x"?` with a leading space, or an empty text: made to be appended. */
export function didYouMean(text: string, candidates: Iterable<string>): string {
  const match = closest(text, candidates);
  return match === undefined ? '' : ` Did you mean ${JSON.stringify(match)}?`;
}
