import { looksLikeData } from './key-name.ts';

/**
 * What kinds of JSON values were seen at a place: names of members and types, never values.
 * Shapes form a lattice: `merge` is its join, `nothing` its least and `anything` its greatest
 * element.
 */
export interface Shape {
  /** Sum of `kinds`. */
  readonly kinds: number;
  /** Of all elements of all arrays; left out: no array was seen. */
  readonly items?: Shape;
  /** Of objects with names that programs use. Not beside `values`. */
  readonly properties?: ReadonlyMap<string, Property>;
  /** Of all members of objects whose names are data, or too many. */
  readonly values?: Shape;
}

export interface Property {
  readonly shape: Shape;
  /** Some object did not have it. */
  readonly optional: boolean;
}

export const kinds = { null: 1, boolean: 2, number: 4, string: 8, anything: 16 } as const;

/** Below this many levels everything is `anything`. */
export const maxDepth = 12;
const maxProperties = 256;
/** Where no name is in all objects. */
const maxOptional = 32;

/** Nothing was seen, or nobody looked. */
export const nothing: Shape = Object.freeze({ kinds: 0 });
export const anything: Shape = Object.freeze({ kinds: kinds.anything });

/** Whether no array and no object was seen. */
const isScalar = ({ items, properties, values }: Shape): boolean =>
  items === undefined && properties === undefined && values === undefined;

/** The shape of all that either shape is one of; `a` itself where `b` adds nothing. */
export function merge(a: Shape, b: Shape): Shape {
  if (a === b || isNothing(b)) return a;
  if (isNothing(a)) return b;
  if ((a.kinds | b.kinds) & kinds.anything) return a.kinds & kinds.anything ? a : anything;
  const items = a.items && b.items ? merge(a.items, b.items) : (a.items ?? b.items);
  const object = mergeObjects(a, b);
  return same(a, { kinds: a.kinds | b.kinds, ...(items && { items }), ...object });
}

const isNothing = (shape: Shape): boolean => shape.kinds === 0 && isScalar(shape);

/** `a` where `b` is equal to it in all its parts. */
export function same(a: Shape, b: Shape): Shape {
  const isSame =
    a.kinds === b.kinds &&
    a.items === b.items &&
    a.properties === b.properties &&
    a.values === b.values;
  return isSame ? a : b;
}

type Members = Pick<Shape, 'properties' | 'values'>;

function mergeObjects(a: Shape, b: Shape): Members {
  const isObject = ({ properties, values }: Shape) => (properties ?? values) !== undefined;
  if (!isObject(b)) return membersOf(a);
  if (!isObject(a)) return membersOf(b);
  if (a.values !== undefined || b.values !== undefined) {
    return { values: merge(allValues(a), allValues(b)) };
  }
  return mergeProperties(a.properties ?? new Map(), b.properties ?? new Map());
}

function membersOf({ properties, values }: Shape): Members {
  if (values !== undefined) return { values };
  return properties === undefined ? {} : { properties };
}

/** Of all members, by whatever name. */
export function allValues({ properties, values }: Shape): Shape {
  if (values !== undefined) return values;
  return [...(properties ?? new Map()).values()].map(({ shape }) => shape).reduce(merge, nothing);
}

function mergeProperties(
  a: ReadonlyMap<string, Property>,
  b: ReadonlyMap<string, Property>,
): Members {
  let merged: Map<string, Property> | undefined;
  const set = (name: string, property: Property) => {
    merged ??= new Map(a);
    merged.set(name, property);
  };
  for (const [name, one] of a) {
    const other = b.get(name);
    const shape = other === undefined ? one.shape : merge(one.shape, other.shape);
    const optional = one.optional || other === undefined || other.optional;
    if (shape !== one.shape || optional !== one.optional) set(name, { shape, optional });
  }
  for (const [name, { shape }] of b) if (!a.has(name)) set(name, { shape, optional: true });
  return merged === undefined ? { properties: a } : members(merged);
}

/**
 * As properties, or as values where the names are data or too many. More names never turn values
 * back into properties, so the order in which shapes are merged means nothing.
 */
export function members(properties: ReadonlyMap<string, Property>): Members {
  const asValues =
    properties.size > maxProperties ||
    (properties.size > maxOptional && properties.values().every(({ optional }) => optional)) ||
    properties.keys().some(looksLikeData);
  return asValues ? { values: allValues({ kinds: 0, properties }) } : { properties };
}

/** Places in a shape. */
function size(shape: Shape): number {
  let places = 1;
  if (shape.items) places += size(shape.items);
  if (shape.values) places += size(shape.values);
  for (const { shape: inner } of shape.properties?.values() ?? []) places += size(inner);
  return places;
}

function cut(shape: Shape, depth: number): Shape {
  if (isScalar(shape)) return shape;
  if (depth <= 0) return anything;
  const { items, values, properties, ...rest } = shape;
  return {
    ...rest,
    ...(items && { items: cut(items, depth - 1) }),
    ...(values && { values: cut(values, depth - 1) }),
    ...(properties && {
      properties: new Map(
        properties
          .entries()
          .map(([name, one]) => [name, { ...one, shape: cut(one.shape, depth - 1) }] as const),
      ),
    }),
  };
}

const maxPlaces = 1_000;

/** `shape` without its lowest levels as far as it has over 1,000 places. */
export function bounded(shape: Shape): Shape {
  let result = shape;
  for (let depth = maxDepth - 1; size(result) > maxPlaces; depth--) result = cut(result, depth);
  return result;
}
