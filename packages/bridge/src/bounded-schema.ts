import type { Schema } from '@cfworker/json-schema';
import { isJsonObject, type JsonObject } from '@org/core';

/**
 * Keywords whose meaning the copy leaves out: regular expressions of a server could backtrack for
 * ever, `uniqueItems` compares each item with each other one, and formats are annotations.
 */
const leftOut = new Set(['pattern', 'patternProperties', 'format', 'uniqueItems']);

const plain = new Set(
  [
    '$ref $anchor type const enum required dependentRequired',
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength',
    'minItems maxItems minProperties maxProperties minContains maxContains',
  ].flatMap((names) => names.split(' ')),
);

const oneSchema = new Set(['items', 'additionalItems', 'additionalProperties', 'propertyNames']);
const schemaList = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const schemaMap = new Set([
  '$defs',
  'definitions',
  'properties',
  'dependentSchemas',
  'dependencies',
]);
/** Weaker inside can make these stricter outside, so they only stay where nothing is left out. */
const turning = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/**
 * A copy of a server's JSON Schema that is safe to validate against, and never stricter than the
 * schema: what it refuses, the schema refuses. Keywords that it does not know are dropped, so that
 * no `$ref` leads around it. `step` is called each time a validator enters one of its schemas;
 * it may throw, to end a validation that takes too long.
 */
export function boundedSchema(schema: JsonObject, step: () => void): Schema {
  const exact = !mentions(schema, leftOut);
  return copy(schema) as Schema;

  function copy(node: unknown): unknown {
    if (!isJsonObject(node)) return node;
    const members: [string, unknown][] = [];
    for (const [key, value] of Object.entries(node)) {
      const copied = member(key, value);
      if (copied !== undefined) members.push([key, copied]);
    }
    if (!exact) weaken(node, members);
    const result = Object.fromEntries(members);
    // Each validator reads this keyword of draft 2019-09 first; tools do not use it.
    return Object.defineProperty(result, '$recursiveAnchor', {
      get() {
        step();
        return undefined;
      },
    });
  }

  function member(key: string, value: unknown): unknown {
    if (plain.has(key)) return value;
    if (turning.has(key)) return exact ? copy(value) : undefined;
    if (schemaList.has(key) && Array.isArray(value)) return value.map(copy);
    if (oneSchema.has(key)) return copy(value);
    if (schemaMap.has(key) && isJsonObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part)]));
    }
    return undefined;
  }
}

/** What has to go with a left-out keyword, so that the rest refuses nothing more. */
function weaken(node: JsonObject, members: [string, unknown][]): void {
  for (const [index, [key, value]] of [...members.entries()].reverse()) {
    // Two branches may both fit where a left-out pattern told them apart.
    if (key === 'oneOf' && !Object.hasOwn(node, 'anyOf')) members[index] = ['anyOf', value];
    else if (key === 'oneOf') members.splice(index, 1);
    else if (key === 'additionalProperties' && Object.hasOwn(node, 'patternProperties')) {
      members.splice(index, 1);
    }
  }
}

/** Whether any object in `value` has one of `keys`; a property of that name counts, which is safe. */
function mentions(value: unknown, keys: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, keys));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([key, part]) => keys.has(key) || mentions(part, keys));
}
