import { isJsonObject } from '@org/core';
import { propertyKey, stringLiteral } from './escape.ts';
import { atom, type TypeText, unknownType } from './type-text.ts';

const maxLiteralDepth = 8;

/** The type whose only value is the JSON value `value`; `unknown` for one that is deep. */
export function literalType(value: unknown, depth = 0): TypeText {
  if (value === null || typeof value === 'boolean') return atom(String(value));
  if (typeof value === 'string') return atom(stringLiteral(value));
  if (typeof value === 'number') return atom(Number.isFinite(value) ? String(value) : 'number');
  if (depth >= maxLiteralDepth) return unknownType;
  if (Array.isArray(value)) {
    return atom(`[${value.map((item) => literalType(item, depth + 1).text).join(', ')}]`, {
      object: true,
    });
  }
  if (isJsonObject(value)) {
    const members = Object.keys(value).map(
      (key) => `${propertyKey(key)}: ${literalType(value[key], depth + 1).text}`,
    );
    return atom(members.length === 0 ? '{ [key: string]: never }' : `{ ${members.join('; ')} }`, {
      object: true,
    });
  }
  return unknownType;
}
