import { pathStep, type TypeMove } from '@org/core';
import { isUnknown, kindNames } from './kind-names.ts';
import { allValues, type Shape } from './shape.ts';

const maxMoves = 50;

/** Where a result of the shape `seen` does not fit the type that is made of `known`. */
export function shapeMoves(known: Shape, seen: Shape): TypeMove[] {
  const moves: TypeMove[] = [];
  compare(known, seen, '', moves);
  return moves;
}

const words = (shape: Shape): string =>
  isUnknown(shape) ? 'a value' : kindNames(shape).join(' or ');

function compare(known: Shape, seen: Shape, path: string, moves: TypeMove[]): void {
  if (isUnknown(known) || moves.length >= maxMoves) return;
  const allowed = kindNames(known);
  for (const name of kindNames(seen)) {
    if (!allowed.includes(name)) moves.push({ path, is: name, says: words(known) });
  }
  if (known.items && seen.items) compare(known.items, seen.items, `${path}[]`, moves);
  if (known.values !== undefined)
    return compare(known.values, allValues(seen), `${path}[*]`, moves);
  if (known.properties === undefined) return;
  if (seen.values !== undefined) {
    moves.push({ path, is: 'an object with other names', says: 'an object with fixed names' });
    return;
  }
  if (seen.properties === undefined) return;
  for (const [name, { shape, optional }] of known.properties) {
    const place = `${path}${pathStep(name)}`;
    const found = seen.properties.get(name);
    if (!optional && (found === undefined || found.optional)) {
      moves.push({ path: place, is: 'missing', says: words(shape) });
    }
    if (found !== undefined) compare(shape, found.shape, place, moves);
  }
}
