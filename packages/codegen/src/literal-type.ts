import { isJsonObject } from '@org/core';
import { propertyKey, stringLiteral } from './escape.ts';
import { arrayKind, kindOfValue, objectKind } from './kinds.ts';
import { atom, type TypeText, unknownType } from './type-text.ts';

const maxLiteralDepth = 8;

/** The type whose only value is the JSON value `value`; `unknown` for one that is deep. */
export function literalType(value: unknown, depth = 0): TypeText {
  const kind = kindOfValue(value);
  if (value === null || typeof value === 'boolean') return atom(String(value), kind);
  if (typeof value === 'string') return atom(stringLiteral(value), kind);
  if (typeof value === 'number') {
    return atom(Number.isFinite(value) ? String(value) : 'number', kind);
  }
  if (depth >= maxLiteralDepth) return unknownType;
  if (Array.isArray(value)) {
    const items = value.map((item) => literalType(item, depth + 1).text);
    return atom(`[${items.join(', ')}]`, arrayKind);
  }
  if (!isJsonObject(value)) return unknownType;
  const members = Object.keys(value).map(
    (key) => `${propertyKey(key)}: ${literalType(value[key], depth + 1).text}`,
  );
  const text = members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
  return atom(text, objectKind);
}
