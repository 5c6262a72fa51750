import type { JsonObject, JsonValue } from '@org/core';

/** Whether `value` is valid by the few keywords that observed schemas have. */
export function conforms(schema: JsonObject, value: JsonValue): boolean {
  const { type } = schema;
  if (type !== undefined && ![type].flat().includes(kindOf(value))) return false;
  if (Array.isArray(value)) {
    return value.every((item) => conforms((schema.items ?? {}) as JsonObject, item));
  }
  if (typeof value !== 'object' || value === null) return true;
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
  const required = (schema.required ?? []) as string[];
  if (!required.every((name) => Object.hasOwn(value, name))) return false;
  const rest = (schema.additionalProperties ?? {}) as JsonObject;
  return Object.entries(value).every(([name, member]) =>
    conforms(Object.hasOwn(properties, name) ? (properties[name] as JsonObject) : rest, member),
  );
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
