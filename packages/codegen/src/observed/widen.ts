import type { JsonValue } from '@org/core';
import {
  anything,
  kinds,
  maxDepth,
  members,
  nothing,
  type Property,
  type Shape,
  same,
} from './shape.ts';

/** Values that are looked at in one result. */
const maxValues = 5_000;
/** Elements that are looked at in one array: the first half of them, and then evenly spread ones. */
const sampledElements = 64;

/** How many values may still be looked at. */
interface Budget {
  left: number;
}

/** The shape of a value. Of a large one only parts are looked at, so that it takes about 1 ms at most. */
export function shapeOf(value: JsonValue): Shape {
  return widen(nothing, value);
}

/** `merge(shape, shapeOf(value))`, made without a new object where the value fits `shape`. */
export function widen(shape: Shape, value: JsonValue): Shape {
  return widened(shape, value, 0, { left: maxValues });
}

function widened(shape: Shape, value: JsonValue, depth: number, budget: Budget): Shape {
  if (shape.kinds & kinds.anything || budget.left-- <= 0) return shape;
  if (typeof value !== 'object' || value === null) {
    const kind = value === null ? kinds.null : kinds[typeof value as 'string'];
    return shape.kinds & kind ? shape : { ...shape, kinds: shape.kinds | kind };
  }
  if (depth >= maxDepth) return anything;
  if (!Array.isArray(value)) {
    return withObject(shape, value as { readonly [key: string]: JsonValue }, depth, budget);
  }
  let items = shape.items ?? nothing;
  for (const element of sample(value)) items = widened(items, element, depth + 1, budget);
  return items === shape.items ? shape : { ...shape, items };
}

function* sample(elements: readonly JsonValue[]): Generator<JsonValue> {
  const { length } = elements;
  if (length <= sampledElements) {
    yield* elements;
    return;
  }
  const first = sampledElements / 2;
  yield* elements.slice(0, first);
  const step = (length - first) / first;
  for (let index = 0; index < first; index++) {
    yield elements[first + Math.floor(index * step)] as JsonValue;
  }
}

function withObject(
  shape: Shape,
  value: { readonly [key: string]: JsonValue },
  depth: number,
  budget: Budget,
): Shape {
  const names = Object.keys(value);
  if (shape.values !== undefined) {
    let values = shape.values;
    for (const name of names) values = widened(values, value[name] as JsonValue, depth + 1, budget);
    return values === shape.values ? shape : { ...shape, values };
  }
  const { properties: known, ...rest } = shape;
  const merged = new Map<string, Property>();
  let found = 0;
  let changed = known === undefined;
  for (const name of names) {
    const before = known?.get(name);
    if (before !== undefined) found++;
    const inner = widened(before?.shape ?? nothing, value[name] as JsonValue, depth + 1, budget);
    if (inner === before?.shape) continue;
    changed = true;
    merged.set(name, { shape: inner, optional: before?.optional ?? known !== undefined });
  }
  if (known !== undefined && found < known.size) {
    for (const [name, { shape: inner, optional }] of known) {
      if (optional || Object.hasOwn(value, name)) continue;
      changed = true;
      merged.set(name, { shape: inner, optional: true });
    }
  }
  if (!changed) return shape;
  return same(shape, { ...rest, ...members(new Map([...(known ?? []), ...merged])) });
}
