import { isJsonObject, type JsonObject } from '@org/core';
import type { Kinds } from './kinds.ts';
import type { DocStyle } from './schema-doc.ts';
import type { TypeText } from './type-text.ts';

/** Where a type stands. */
export interface Place {
  readonly indent: string;
  readonly depth: number;
  /** Inside an object or array type, where a type may refer to itself. */
  readonly guarded: boolean;
  /** What kinds of values can stand here: the schemas around it allow no other. */
  readonly kinds: Kinds;
}

/** What the translation of one keyword needs of the whole. */
export interface Translator {
  readonly docs: DocStyle;
  /**
   * Whether objects may have properties of which their schema says nothing: the text then has an
   * index signature, and a misspelled key passes.
   */
  readonly keepsOpen: boolean;
  /** A cap is reached; the rest of the schema is left out. */
  readonly exhausted: boolean;
  translate(schema: unknown, place: Place): TypeText;
  literal(value: unknown): TypeText;
  /** Counts `text` against the cap on the output. */
  spend(text: string): void;
  /** The schema of what a property stands for: itself, or what it refers to. */
  documented(schema: unknown): unknown;
}

export function hasAny(schema: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(schema, name));
}

/** Keywords that apply further schemas to the same value. */
export const applicators = [
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
] as const;

export const objectKeywords = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'maxProperties',
] as const;

export const arrayKeywords = ['items', 'prefixItems', 'unevaluatedItems', 'maxItems'] as const;

/** Groups of keywords, as bits. */
export const applied = 1;
export const ofObjects = 2;
export const ofArrays = 4;

const groups: ReadonlyMap<string, number> = new Map([
  ...applicators.map((name) => [name, applied] as const),
  ...objectKeywords.map((name) => [name, ofObjects] as const),
  ...arrayKeywords.map((name) => [name, ofArrays] as const),
]);

/** Which groups of keywords a schema has: one look at each of its keys, not at each keyword. */
export function groupsOf(schema: JsonObject): number {
  let found = 0;
  for (const name of Object.keys(schema)) found |= groups.get(name) ?? 0;
  return found;
}

export function schemaList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

export function schemaMap(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
