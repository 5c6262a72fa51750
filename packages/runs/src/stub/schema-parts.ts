import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';

/** A JSON Schema as a server has it. Hostile: read it through these functions only. */
export type Schema = JsonObject | boolean;

/** What no value can be made for, and why. Never leaves this folder. */
export class NoValue extends Error {}

/** Steps that may still be made; each look at a schema is one. */
export class Budget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** @throws NoValue when nothing is left */
  spend(): void {
    if (--this.#left < 0) throw new NoValue('its schema is too large');
  }
}

/** An own member; undefined where there is none. */
export function part(schema: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(schema, key) ? schema[key] : undefined;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isJsonObject(value);
}

/** The schemas that a keyword lists; none where it lists none. */
export function schemaList(schema: JsonObject, key: string): readonly Schema[] {
  const value = part(schema, key);
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A bound that is a finite number; undefined for all else. */
export function bound(schema: JsonObject, key: string): number | undefined {
  const value = part(schema, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * What a reference into the same document names. There is no other place: nothing is loaded.
 * @throws NoValue
 */
export function referenced(root: Schema, reference: JsonValue): Schema {
  const pointer = typeof reference === 'string' ? pointerOf(reference) : undefined;
  let here: unknown = pointer === undefined ? undefined : root;
  for (const step of pointer ?? []) {
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isJsonObject(here) ? part(here, step) : undefined;
  }
  if (isSchema(here)) return here;
  throw new NoValue('its schema refers to what is not in it');
}

function pointerOf(reference: string): readonly string[] | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(reference)
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
}
