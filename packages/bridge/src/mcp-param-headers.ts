import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';

/** A parameter that goes into a header too, where proxies can see it. */
interface Declaration {
  readonly path: readonly string[];
  readonly header: string;
}

const keyword = 'x-mcp-header';
const prefix = 'Mcp-Param-';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const types: readonly JsonValue[] = ['string', 'integer', 'boolean'];
const maxDeclarations = 64;
const maxDepth = 16;
/** Of one header; servers refuse requests with longer ones. */
const maxCharacters = 8_000;

const known = new WeakMap<JsonObject, readonly Declaration[]>();

/**
 * The `Mcp-Param-*` headers of a call over HTTP (MCP 2026-07-28, `x-mcp-header` in the tool's input
 * schema): of parameters that are texts, whole numbers or booleans and lie in objects only. None where
 * the schema's declarations contradict each other.
 */
export function mcpParamHeaders(
  inputSchema: JsonObject,
  params: JsonObject,
): Readonly<Record<string, string>> {
  let declarations = known.get(inputSchema);
  if (declarations === undefined) {
    const found: Declaration[] = [];
    collect(inputSchema, [], found);
    const names = new Set(found.map(({ header }) => header.toLowerCase()));
    const isUsable = names.size === found.length && found.length <= maxDeclarations;
    declarations = isUsable ? found : [];
    known.set(inputSchema, declarations);
  }
  const headers: [string, string][] = [];
  for (const { path, header } of declarations) {
    const text = textOf(valueAt(params, path));
    if (text !== undefined) headers.push([`${prefix}${header}`, encoded(text)]);
  }
  return Object.fromEntries(headers.filter(([, value]) => value.length <= maxCharacters));
}

function collect(schema: JsonValue, path: readonly string[], found: Declaration[]): void {
  if (!isJsonObject(schema) || path.length > maxDepth || found.length > maxDeclarations) return;
  const header = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
  if (typeof header === 'string' && token.test(header) && path.length > 0) {
    if (types.includes(schema.type as JsonValue)) found.push({ path, header });
  }
  if (!Object.hasOwn(schema, 'properties') || !isJsonObject(schema.properties)) return;
  for (const [name, inner] of Object.entries(schema.properties)) {
    collect(inner, [...path, name], found);
  }
}

function valueAt(params: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = params;
  for (const name of path) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return `${value}`;
  return Number.isSafeInteger(value) ? `${value}` : undefined;
}

/** As it is where a header can hold it, else in Base64 behind a mark. */
function encoded(text: string): string {
  const isPlain = /^[!-~](?:[\t -~]*[!-~])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
