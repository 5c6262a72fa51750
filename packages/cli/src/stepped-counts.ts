import type { ObservedTypesOf } from '@org/codegen';

/**
 * Types with their counts of results lowered to 1, 2, 5, 10, 20, 50 and so on. A wrapper says the
 * count, and a program whose wrappers have changed is checked and compiled anew: with exact ones that
 * would be each of its first runs.
 */
export function steppedCounts(types: ObservedTypesOf): ObservedTypesOf {
  return new Map(
    [...types].map(([tool, type]) => [tool, { ...type, results: stepBelow(type.results) }]),
  );
}

function stepBelow(count: number): number {
  const unit = 10 ** (String(count).length - 1);
  const step = [5, 2, 1].find((one) => one * unit <= count) ?? 0;
  return step * unit;
}
