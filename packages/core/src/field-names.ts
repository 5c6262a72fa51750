import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** How names of members in a server's results are written for programs. */
export type FieldNames = 'camelCase';

const plainName = /^[A-Za-z_$][\w$-]*$/u;
const words = /^[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)+$/u;

/** `created_at` and `HTML-URL` as `createdAt` and `htmlUrl`; other names as they are. */
export function camelName(name: string): string {
  if (!words.test(name)) return name;
  return name
    .split(/[_-]/u)
    .map((word) => (word === word.toUpperCase() ? word.toLowerCase() : word))
    .map((word, index) => {
      const first = word.charAt(0);
      return (index === 0 ? first.toLowerCase() : first.toUpperCase()) + word.slice(1);
    })
    .join('');
}

/**
 * The new names of an object's members. None changes where two would become the same, or where one
 * is no plain name, so that the object is likely a map.
 */
function camelNames(names: readonly string[]): ReadonlyMap<string, string> {
  const unchanged = new Map(names.map((name) => [name, name]));
  if (!names.every((name) => plainName.test(name))) return unchanged;
  const changed = new Map(names.map((name) => [name, camelName(name)]));
  return new Set(changed.values()).size === unchanged.size ? changed : unchanged;
}

/** `value` with the names in all its objects in camelCase. Recursive: bound the value's depth first. */
export function camelValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(camelValue);
  if (!isJsonObject(value)) return value;
  const names = camelNames(Object.keys(value));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [names.get(name) ?? name, camelValue(member)]),
  );
}

/** Keywords whose values are no schemas. */
const values: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples']);
const maps: ReadonlySet<string> = new Set([
  ...['patternProperties', '$defs', 'definitions', 'dependentSchemas'],
]);

/**
 * A JSON Schema for `camelValue(value)` where `schema` is one for `value`. One with references into
 * `properties` becomes the schema of anything. Recursive, as above.
 */
export function camelSchema(schema: JsonObject): JsonObject {
  return refersToProperties(schema) ? {} : (renamed(schema) as JsonObject);
}

function refersToProperties(node: JsonValue): boolean {
  if (Array.isArray(node)) return node.some(refersToProperties);
  if (!isJsonObject(node)) return false;
  return Object.entries(node).some(([key, value]) =>
    key === '$ref' && typeof value === 'string'
      ? value.includes('/properties/')
      : refersToProperties(value),
  );
}

function renamed(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(renamed);
  if (!isJsonObject(schema)) return schema;
  const properties = Object.hasOwn(schema, 'properties') ? schema.properties : undefined;
  const required = Object.hasOwn(schema, 'required') ? schema.required : undefined;
  const listed = (Array.isArray(required) ? required : []).filter(
    (name) => typeof name === 'string',
  );
  const declared = isJsonObject(properties) ? Object.keys(properties) : [];
  const names = camelNames([...new Set([...declared, ...listed])]);
  const newName = (name: string) => names.get(name) ?? name;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]): [string, JsonValue] => {
      if (values.has(key)) return [key, value];
      if (key === 'required') return [key, Array.isArray(value) ? listed.map(newName) : value];
      if (key === 'properties') return [key, renamedMembers(value, newName)];
      return [key, maps.has(key) ? renamedMembers(value, (name) => name) : renamed(value)];
    }),
  );
}

function renamedMembers(map: JsonValue, newName: (name: string) => string): JsonValue {
  if (!isJsonObject(map)) return map;
  return Object.fromEntries(
    Object.entries(map).map(([name, schema]) => [newName(name), renamed(schema)]),
  );
}
