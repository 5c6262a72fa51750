import type { JsonObject } from '@org/core';
import { isUnknown, kindNames } from './kind-names.ts';
import { kinds, type Shape } from './shape.ts';

/** A JSON Schema of all values that a shape stands for. */
export function shapeSchema(shape: Shape): JsonObject {
  if (isUnknown(shape)) {
    return shape.kinds === kinds.null ? { description: 'Only null was seen.' } : {};
  }
  const names = kindNames(shape);
  const { items, values, properties } = shape;
  return {
    type: names.length === 1 ? (names[0] as string) : names,
    ...(items && { items: shapeSchema(items) }),
    ...(values && { additionalProperties: shapeSchema(values) }),
    ...(properties && propertySchemas(properties)),
  };
}

function propertySchemas(properties: NonNullable<Shape['properties']>): JsonObject {
  const sorted = [...properties].sort(([a], [b]) => (a < b ? -1 : 1));
  const required = sorted.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    properties: Object.fromEntries(sorted.map(([name, { shape }]) => [name, shapeSchema(shape)])),
    ...(required.length > 0 && { required }),
  };
}
