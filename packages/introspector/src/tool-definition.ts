import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  canonicalJson,
  isJsonObject,
  parseToolName,
  SandboxError,
  type ToolAnnotations,
  type ToolDefinition,
  type ToolName,
} from '@org/core';
import { own, wordsOf } from './definition.ts';
import { outOfBounds } from './json-bounds.ts';
import { type Parsed, parseInputSchema, parseOutputSchema } from './schema.ts';

/** Schemas have their own, tighter bounds; this one bounds what is hashed. */
const definitionBounds = { depth: 80, nodes: 50_000, bytes: 4_000_000 };

function parseName(raw: unknown): Parsed<ToolName> {
  if (raw === undefined) return { refused: 'It has no name.' };
  if (typeof raw !== 'string') return { refused: 'Its name is not a text.' };
  try {
    return { value: parseToolName(raw) };
  } catch (error) {
    if (error instanceof SandboxError) return { refused: error.message };
    throw error;
  }
}

function parseAnnotations(raw: unknown): ToolAnnotations | undefined {
  if (!isJsonObject(raw)) return undefined;
  const annotations: { -readonly [Hint in keyof ToolAnnotations]: boolean } = {};
  for (const hint of [
    'readOnlyHint',
    'destructiveHint',
    'idempotentHint',
    'openWorldHint',
  ] as const) {
    const value = own(raw, hint);
    if (typeof value === 'boolean') annotations[hint] = value;
  }
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}

/** One entry of `tools/list`: own keys only, nothing in it believed. Never throws for bad input. */
export function parseToolDefinition(raw: unknown): Parsed<ToolDefinition> {
  if (!isJsonObject(raw)) return { refused: 'It is not an object.' };
  const name = parseName(own(raw, 'name'));
  if ('refused' in name) return name;
  const inputSchema = parseInputSchema(own(raw, 'inputSchema'));
  if ('refused' in inputSchema) return inputSchema;
  const outputSchema = parseOutputSchema(own(raw, 'outputSchema'));
  if ('refused' in outputSchema) return outputSchema;
  const why = outOfBounds(raw, definitionBounds);
  if (why !== undefined) return { refused: `Its definition cannot be used: ${why}.` };

  const annotations = parseAnnotations(own(raw, 'annotations'));
  const execution = own(raw, 'execution');
  return {
    value: {
      name: name.value,
      ...wordsOf(raw),
      inputSchema: inputSchema.value,
      ...(outputSchema.value !== undefined && { outputSchema: outputSchema.value }),
      ...(annotations !== undefined && { annotations }),
      requiresTask: isJsonObject(execution) && own(execution, 'taskSupport') === 'required',
      digest: bytesToHex(blake3(utf8ToBytes(canonicalJson(raw)))),
    },
  };
}
