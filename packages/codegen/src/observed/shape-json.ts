import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { anything, bounded, kinds, maxDepth, members, type Property, type Shape } from './shape.ts';

/** The same text for equal shapes, once stringified: names are sorted. */
export function shapeToJson(shape: Shape): JsonObject {
  const { items, values, properties } = shape;
  const sorted = [...(properties ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  const optional = sorted.filter(([, one]) => one.optional).map(([name]) => name);
  return {
    ...(shape.kinds !== 0 && { kinds: shape.kinds }),
    ...(items && { items: shapeToJson(items) }),
    ...(values && { values: shapeToJson(values) }),
    ...(properties && {
      properties: Object.fromEntries(sorted.map(([name, one]) => [name, shapeToJson(one.shape)])),
    }),
    ...(optional.length > 0 && { optional }),
  };
}

/** Undefined for what is no shape. Whatever it says, the shape keeps all bounds. */
export function shapeOfJson(value: JsonValue | undefined): Shape | undefined {
  try {
    return bounded(parse(value, 0));
  } catch (error) {
    if (error instanceof NoShape) return undefined;
    throw error;
  }
}

class NoShape extends Error {}

const allKinds = Object.values(kinds).reduce((sum, kind) => sum + kind, 0);
const names: ReadonlySet<string> = new Set(['kinds', 'items', 'values', 'properties', 'optional']);

function parse(value: JsonValue | undefined, depth: number): Shape {
  if (!isJsonObject(value) || !Object.keys(value).every((name) => names.has(name))) {
    throw new NoShape();
  }
  const own = (name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
  const seen = own('kinds') ?? 0;
  if (typeof seen !== 'number' || !Number.isInteger(seen) || seen < 0 || seen > allKinds) {
    throw new NoShape();
  }
  const [items, values, properties] = [own('items'), own('values'), own('properties')];
  if (properties !== undefined && values !== undefined) throw new NoShape();
  if (seen & kinds.anything) return anything;
  if (depth >= maxDepth && (items ?? values ?? properties) !== undefined) return anything;
  return {
    kinds: seen,
    ...(items !== undefined && { items: parse(items, depth + 1) }),
    ...(values !== undefined && { values: parse(values, depth + 1) }),
    ...(properties !== undefined && parseProperties(properties, own('optional') ?? [], depth + 1)),
  };
}

function parseProperties(properties: JsonValue, optional: JsonValue, depth: number) {
  if (!isJsonObject(properties) || !Array.isArray(optional)) throw new NoShape();
  const some = new Set<JsonValue>(optional);
  return members(
    new Map(
      Object.entries(properties).map(([name, value]): [string, Property] => [
        name,
        { shape: parse(value, depth), optional: some.has(name) },
      ]),
    ),
  );
}
