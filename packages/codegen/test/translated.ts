import type { JsonObject } from '@org/core';
import { type SchemaTypes, schemaToTypes } from '../src/schema-to-type.ts';

export function translated(schema: unknown, isParams = false): SchemaTypes {
  return schemaToTypes(schema as JsonObject, {
    name: 'X',
    isParams,
    taken: new Set(['Whole']),
    maxLength: 200_000,
  });
}

/** A module with the type and the types it refers to. */
export function typesOf(schema: unknown, isParams = false): string {
  const { type, declarations } = translated(schema, isParams);
  return `export type Whole = ${type};\n${declarations}`;
}

/** The type on one line. */
export function typeOf(schema: unknown): string {
  return translated(schema).type.replace(/\s+/g, ' ').trim();
}
