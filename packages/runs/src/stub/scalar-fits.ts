import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import type { Fit } from './fit.ts';
import { bound } from './schema-parts.ts';

export function hasType(value: JsonValue, type: JsonValue): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return false;
  }
}

/** Bounds of draft 4, whose exclusive ones are booleans, are not known. */
export function numberFits(schema: JsonObject, key: string, value: number): Fit {
  const limit = bound(schema, key);
  if (limit === undefined) return undefined;
  switch (key) {
    case 'minimum':
      return value >= limit;
    case 'maximum':
      return value <= limit;
    case 'exclusiveMinimum':
      return value > limit;
    case 'exclusiveMaximum':
      return value < limit;
    case 'multipleOf':
      return limit > 0 && Number.isInteger(value / limit);
    default:
      return undefined;
  }
}

export function textFits(schema: JsonObject, key: string, value: string): Fit {
  const limit = bound(schema, key);
  if (limit === undefined) return undefined;
  const { length } = [...value];
  if (key === 'minLength') return length >= limit;
  return key === 'maxLength' ? length <= limit : undefined;
}
