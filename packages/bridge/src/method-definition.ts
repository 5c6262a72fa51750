import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  canonicalJson,
  type JsonObject,
  methodName,
  type ServerMethod,
  type ToolDefinition,
  type ToolName,
} from '@org/core';

const text = { type: 'string' };
const object = (properties: JsonObject, ...required: string[]): JsonObject => ({
  ...{ type: 'object', properties, required },
  additionalProperties: false,
});

const parameters: Readonly<Record<ServerMethod, JsonObject>> = {
  'resources/list': object({}),
  'resources/read': object({ uri: text }, 'uri'),
  'prompts/list': object({}),
  'prompts/get': object(
    { name: text, arguments: { type: 'object', additionalProperties: text } },
    'name',
  ),
};

/**
 * A method in the place of a tool. By the protocol it is a read, which is believed where the
 * annotations of a server are: the server that carries it out can do anything.
 */
function define(method: ServerMethod): ToolDefinition {
  const definition = {
    name: methodName(method) as ToolName,
    inputSchema: parameters[method],
    annotations: { readOnlyHint: true, idempotentHint: true },
    requiresTask: false,
  };
  return { ...definition, digest: bytesToHex(blake3(utf8ToBytes(canonicalJson(definition)))) };
}

const definitions = new Map<ServerMethod, ToolDefinition>();

/** The definition of a method; the same for all servers. */
export function methodDefinition(method: ServerMethod): ToolDefinition {
  const known = definitions.get(method) ?? define(method);
  definitions.set(method, known);
  return known;
}
