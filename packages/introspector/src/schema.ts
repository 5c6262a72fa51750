import { isJsonObject, type JsonObject } from '@org/core';
import { outOfBounds } from './json-bounds.ts';

const schemaBounds = { depth: 64, nodes: 20_000, bytes: 1_000_000 };

export type Parsed<T> = { readonly value: T } | { readonly refused: string };

function copyWithin(name: string, schema: JsonObject): Parsed<JsonObject> {
  const why = outOfBounds(schema, schemaBounds);
  if (why !== undefined) return { refused: `Its ${name} cannot be used: ${why}.` };
  return { value: JSON.parse(JSON.stringify(schema)) as JsonObject };
}

/**
 * The parameters' schema as an object schema. One that is missing, `true` or no schema at all says
 * nothing about the parameters and becomes `{ type: 'object' }`; one for another type than objects
 * contradicts MCP (2025-11-25, Tool.inputSchema) and is refused.
 */
export function parseInputSchema(raw: unknown): Parsed<JsonObject> {
  if (!isJsonObject(raw)) return { value: { type: 'object' } };
  const copy = copyWithin('inputSchema', raw);
  if ('refused' in copy) return copy;
  const type = Object.hasOwn(copy.value, 'type') ? copy.value.type : undefined;
  if (type === 'object') return copy;
  if (type !== undefined && !(Array.isArray(type) && type.includes('object'))) {
    return { refused: 'Its inputSchema is not for an object, and parameters are always one.' };
  }
  return { value: { ...copy.value, type: 'object' } };
}

/** The result's schema, of any type (MCP 2026-07-28); undefined where it says nothing. */
export function parseOutputSchema(raw: unknown): Parsed<JsonObject | undefined> {
  return isJsonObject(raw) ? copyWithin('outputSchema', raw) : { value: undefined };
}
