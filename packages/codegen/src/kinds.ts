import { isJsonObject } from '@org/core';

/** A set of the six kinds of JSON values, as bits. */
export type Kinds = number;

export const nullKind = 1;
export const booleanKind = 2;
export const numberKind = 4;
export const stringKind = 8;
export const arrayKind = 16;
export const objectKind = 32;
export const allKinds = 63;

const kindOfType: ReadonlyMap<unknown, Kinds> = new Map([
  ['null', nullKind],
  ['boolean', booleanKind],
  ['number', numberKind],
  ['integer', numberKind],
  ['string', stringKind],
  ['array', arrayKind],
  ['object', objectKind],
]);

/** Kinds that the value of a `type` keyword names; all for one that means nothing. */
export function kindsOfType(type: unknown): Kinds {
  const types = Array.isArray(type) ? type : [type];
  let kinds = 0;
  for (const one of types) kinds |= kindOfType.get(one) ?? allKinds;
  return kinds === 0 ? allKinds : kinds;
}

export function kindOfValue(value: unknown): Kinds {
  if (value === null) return nullKind;
  if (Array.isArray(value)) return arrayKind;
  if (isJsonObject(value)) return objectKind;
  return kindOfType.get(typeof value) ?? allKinds;
}

export function isWithin(kinds: Kinds, others: Kinds): boolean {
  return (kinds & ~others) === 0;
}
