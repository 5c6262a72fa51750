import { isJsonObject, type JsonObject } from '@org/core';
import { allKinds, arrayKind } from './kinds.ts';
import { keyword } from './schema-reference.ts';
import {
  applicators,
  hasAny,
  type Place,
  schemaList,
  type Translator,
} from './schema-translator.ts';
import { atom, operand, type TypeText } from './type-text.ts';

/** Longer tuples are written as arrays. */
const maxTupleLength = 1_000;

/**
 * What the array keywords of a schema say: `prefixItems` and `items` of 2020-12, `items` and
 * `additionalItems` of draft 7. An element that a schema does not require is optional. The length
 * of an array whose items are all alike is not part of its type, since no computed array would fit.
 */
export function arrayType(schema: JsonObject, place: Place, translator: Translator): TypeText {
  const inside: Place = { ...place, depth: place.depth + 1, guarded: true, kinds: allKinds };
  const items = keyword(schema, 'items');
  const draft7Prefix = schemaList(items);
  const prefix = draft7Prefix ?? schemaList(keyword(schema, 'prefixItems'));
  const maxItems = keyword(schema, 'maxItems');
  const most = typeof maxItems === 'number' ? maxItems : Number.POSITIVE_INFINITY;
  let rest = draft7Prefix === undefined ? items : keyword(schema, 'additionalItems');
  if (rest === undefined && !hasAny(schema, [...applicators, 'contains'])) {
    rest = keyword(schema, 'unevaluatedItems');
  }
  if (Array.isArray(rest)) rest = undefined;
  if (prefix === undefined || prefix.length > maxTupleLength) {
    if (most < 1 || rest === false) return atom('[]', arrayKind);
    return atom(`${operand(translator.translate(prefix ? true : rest, inside))}[]`, arrayKind);
  }
  const minItems = keyword(schema, 'minItems');
  const required = typeof minItems === 'number' ? minItems : 0;
  const elements = prefix.slice(0, Math.max(0, most)).map((element, index) => {
    const type = operand(translator.translate(element, inside));
    return index < required ? type : `${type}?`;
  });
  if (rest !== false && most > prefix.length) {
    const type = isJsonObject(rest) ? translator.translate(rest, inside) : undefined;
    elements.push(`...${type === undefined ? 'unknown' : operand(type)}[]`);
  }
  return atom(`[${elements.join(', ')}]`, arrayKind);
}
