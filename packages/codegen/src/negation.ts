import { isJsonObject, type JsonObject } from '@org/core';
import { propertyKey } from './escape.ts';
import {
  allKinds,
  booleanKind,
  type Kinds,
  kindOfValue,
  kindsOfType,
  objectKind,
} from './kinds.ts';
import { keyword } from './schema-reference.ts';
import { type Place, schemaList, strings, type Translator } from './schema-translator.ts';
import {
  anyOfKinds,
  atom,
  intersection,
  neverType,
  type TypeText,
  union,
  unknownType,
} from './type-text.ts';

/** Keywords that constrain nothing. */
const annotations = new Set([
  '$comment',
  '$defs',
  'default',
  'definitions',
  'deprecated',
  'description',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
]);

/** The kinds that a `type` leaves; `integer` leaves numbers. */
function otherKinds(type: unknown): Kinds {
  const types = Array.isArray(type) ? type : [type];
  const whole = types.filter((one) => one !== 'integer' || types.includes('number'));
  return whole.length === 0 ? allKinds : allKinds & ~kindsOfType(whole);
}

/** All values but some. Of strings and numbers TypeScript cannot leave one out. */
function allBut(values: readonly unknown[]): TypeText | undefined {
  let kinds = allKinds;
  if (values.includes(null)) kinds &= ~kindOfValue(null);
  const falsehoods = [true, false].filter((value) => !values.includes(value));
  if (falsehoods.length < 2) kinds &= ~booleanKind;
  if (kinds === allKinds) return undefined;
  const [left] = falsehoods;
  return falsehoods.length === 1
    ? union([anyOfKinds(kinds), atom(String(left), booleanKind)])
    : anyOfKinds(kinds);
}

function without(names: readonly string[], translator: Translator): TypeText {
  const open = translator.keepsOpen;
  return union(names.map((name) => absent(name, open)));
}

/** Objects that lack a property. */
export function absent(name: string, open: boolean): TypeText {
  const key = propertyKey(name);
  return atom(
    open ? `{ ${key}?: never; [key: string]: unknown }` : `{ ${key}?: never }`,
    objectKind,
  );
}

/** Objects that have some properties. */
export function present(names: readonly string[], open: boolean): TypeText {
  const members = names.map((name) => `${propertyKey(name)}: unknown`);
  if (open) members.push('[key: string]: unknown');
  return atom(`{ ${members.join('; ')} }`, objectKind);
}

/**
 * What `not: schema` says; undefined where TypeScript cannot say it. Only for schemas that are
 * translated exactly: the negation of a wider type would be too narrow.
 */
export function negation(
  schema: unknown,
  place: Place,
  translator: Translator,
): TypeText | undefined {
  if (schema === true) return neverType;
  if (!isJsonObject(schema)) return undefined;
  const names = Object.keys(schema).filter((name) => !annotations.has(name));
  if (names.length === 0) return neverType;
  if (names.length === 2 && schema.type === 'object' && names.includes('required')) {
    const objects = negation({ required: keyword(schema, 'required') }, place, translator);
    return objects && union([objects, anyOfKinds(allKinds & ~objectKind)]);
  }
  if (names.length !== 1) return undefined;
  return ofOne(names[0] as string, schema, place, translator);
}

function ofOne(
  name: string,
  schema: JsonObject,
  place: Place,
  translator: Translator,
): TypeText | undefined {
  const value = schema[name];
  const each = () =>
    (schemaList(value) ?? []).slice(0, 50).map((one) => negation(one, place, translator));
  switch (name) {
    case 'not':
      return translator.translate(value, { ...place, depth: place.depth + 1 });
    case 'type':
      return value === undefined ? undefined : anyOfKinds(otherKinds(value));
    case 'const':
      return allBut([value]);
    case 'enum':
      return Array.isArray(value) ? allBut(value) : undefined;
    case 'required': {
      const required = strings(value);
      return required.length === 0 || required.length > 50
        ? undefined
        : without(required, translator);
    }
    case 'anyOf':
      return intersection(each().map((type) => type ?? unknownType));
    case 'allOf': {
      const types = each();
      return types.includes(undefined) ? undefined : union(types as TypeText[]);
    }
    default:
      return undefined;
  }
}
