/** Undefined: it is not known, as where a pattern decides, which is not run. */
export type Fit = boolean | undefined;

export const opposite = (fit: Fit): Fit => (fit === undefined ? undefined : !fit);

/** Of all: false as soon as one is, else unknown as soon as one is. */
export function every(fits: Iterable<Fit>): Fit {
  let result: Fit = true;
  for (const fit of fits) {
    if (fit === false) return false;
    if (fit === undefined) result = undefined;
  }
  return result;
}

export function some(fits: readonly Fit[]): Fit {
  return opposite(every(fits.map(opposite)));
}

export function exactlyOne(fits: readonly Fit[]): Fit {
  const yes = fits.filter((fit) => fit === true).length;
  if (yes > 1) return false;
  return fits.includes(undefined) ? undefined : yes === 1;
}
