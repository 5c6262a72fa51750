import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { Fits } from './fits.ts';
import type { FreshValues } from './fresh-values.ts';
import {
  Budget,
  bound,
  isSchema,
  NoValue,
  part,
  referenced,
  type Schema,
  schemaList,
  texts,
} from './schema-parts.ts';

/** An answer that a tool could have given; or why none could be made. */
export type Stub =
  | { readonly made: true; readonly value: JsonValue }
  | { readonly made: false; readonly because: string };

const steps = 20_000;
const maxNesting = 40;
const maxAlternatives = 64;
const longestText = 10_000;
const mostItems = 100;

/**
 * A value that fits a server's output schema, of values of its own where the schema leaves a choice.
 * It has what is optional too, and one item in a list, as far as that can be made: more of the
 * program runs then. No regular expression of the schema is run, nothing is loaded, and the time is
 * bounded; so there is not a value for every schema.
 */
export function makeStub(schema: Schema, fresh: FreshValues): Stub {
  try {
    return { made: true, value: new Maker(schema, fresh, true).value };
  } catch (error) {
    if (!(error instanceof NoValue)) throw error;
  }
  try {
    return { made: true, value: new Maker(schema, fresh, false).value };
  } catch (error) {
    if (!(error instanceof NoValue)) throw error;
    return { made: false, because: error.message };
  }
}

class Maker {
  readonly #root: Schema;
  readonly #fresh: FreshValues;
  /** Whether what may be left out is made as well. */
  readonly #full: boolean;
  readonly #budget = new Budget(steps);
  readonly #open: Schema[] = [];

  constructor(root: Schema, fresh: FreshValues, full: boolean) {
    this.#root = root;
    this.#fresh = fresh;
    this.#full = full;
  }

  get value(): JsonValue {
    return this.#make([this.#root], 0);
  }

  /** A value that fits all of `schemas`. @throws NoValue */
  #make(schemas: readonly Schema[], nesting: number): JsonValue {
    if (nesting > maxNesting) throw new NoValue('its schema has no end');
    const before = this.#open.length;
    let problem = new NoValue('no value can fit its schema');
    let tried = 0;
    for (const parts of this.#alternatives(schemas, [])) {
      if (++tried > maxAlternatives) break;
      try {
        this.#open.push(...schemas, ...parts);
        const value = this.#build(parts, nesting);
        const fits = new Fits(this.#root, this.#fresh, this.#budget);
        if (schemas.every((schema) => fits.of(schema, value) === true)) return value;
        problem = new NoValue('it is not sure what fits its schema');
      } catch (error) {
        if (!(error instanceof NoValue)) throw error;
        problem = error;
      } finally {
        this.#open.length = before;
      }
    }
    throw problem;
  }

  /** The ways through choices, each as plain schemas that hold together. */
  *#alternatives(
    schemas: readonly Schema[],
    followed: readonly Schema[],
  ): Generator<readonly JsonObject[]> {
    this.#budget.spend();
    const [first, ...rest] = schemas;
    if (first === undefined) {
      yield [];
      return;
    }
    if (first === false) return;
    if (first === true) {
      yield* this.#alternatives(rest, followed);
      return;
    }
    if (followed.includes(first) || followed.length > maxNesting) {
      throw new NoValue('its schema refers to itself');
    }
    const further = [...followed, first];
    const reference = part(first, '$ref');
    const all = [
      ...(reference === undefined ? [] : [referenced(this.#root, reference)]),
      ...schemaList(first, 'allOf'),
    ];
    for (const choice of choices(first)) {
      for (const inner of this.#alternatives([...all, ...choice], further)) {
        for (const outer of this.#alternatives(rest, followed)) yield [first, ...inner, ...outer];
      }
    }
  }

  #build(parts: readonly JsonObject[], nesting: number): JsonValue {
    this.#budget.spend();
    const fixed = fixedValues(parts);
    if (fixed !== undefined) return this.#fitting(fixed, parts);
    let problem: NoValue | undefined;
    for (const type of typesOf(parts)) {
      try {
        return this.#ofType(type, parts, nesting);
      } catch (error) {
        if (!(error instanceof NoValue)) throw error;
        problem = error;
      }
    }
    throw problem ?? new NoValue('no type of value fits its schema');
  }

  #fitting(values: readonly JsonValue[], parts: readonly JsonObject[]): JsonValue {
    const fits = new Fits(this.#root, this.#fresh, this.#budget);
    for (const value of values) {
      if (parts.every((one) => fits.of(one, value) === true)) return value;
    }
    throw new NoValue('none of its fixed values is sure to fit');
  }

  #ofType(type: string, parts: readonly JsonObject[], nesting: number): JsonValue {
    switch (type) {
      case 'object':
        return this.#object(parts, nesting);
      case 'array':
        return this.#array(parts, nesting);
      case 'string':
        return this.#text(parts);
      case 'integer':
      case 'number':
        return this.#number(parts);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  #object(parts: readonly JsonObject[], nesting: number): JsonValue {
    const required = new Set(parts.flatMap((one) => texts(part(one, 'required'))));
    const declared = parts.flatMap((one) => Object.keys(members(one)));
    const most = tightest(parts, 'maxProperties', Math.min) ?? Number.POSITIVE_INFINITY;
    const made = new Map<string, JsonValue>();
    for (const name of new Set([...required, ...declared])) {
      const needed = required.has(name);
      if (!needed && (!this.#full || made.size >= most)) continue;
      const schemas = parts.flatMap((one) => schemaOfMember(one, name));
      if (!needed && schemas.some((one) => this.#comesBack(one))) continue;
      try {
        made.set(name, this.#make(schemas, nesting + 1));
      } catch (error) {
        if (needed || !(error instanceof NoValue)) throw error;
      }
    }
    return Object.fromEntries(made);
  }

  #array(parts: readonly JsonObject[], nesting: number): JsonValue {
    const fewest = tightest(parts, 'minItems', Math.max) ?? 0;
    const most = tightest(parts, 'maxItems', Math.min) ?? Number.POSITIVE_INFINITY;
    if (fewest > mostItems) throw new NoValue('its list is too long');
    const prefix = Math.max(0, ...parts.map((one) => schemaList(one, 'prefixItems').length));
    const wanted = this.#full ? Math.min(Math.max(fewest, prefix, 1), most) : fewest;
    const items: JsonValue[] = [];
    while (items.length < wanted) {
      const schemas = parts.flatMap((one) => schemaOfItem(one, items.length));
      const needed = items.length < fewest;
      if (!needed && schemas.some((one) => this.#comesBack(one))) break;
      try {
        items.push(this.#make(schemas, nesting + 1));
      } catch (error) {
        if (needed || !(error instanceof NoValue)) throw error;
        break;
      }
    }
    return items;
  }

  /** Whether a schema, or what it refers to, is being made for already. */
  #comesBack(schema: Schema): boolean {
    if (typeof schema === 'boolean') return false;
    const reference = part(schema, '$ref');
    const target = reference === undefined ? schema : referenced(this.#root, reference);
    return typeof target !== 'boolean' && this.#open.includes(target);
  }

  #text(parts: readonly JsonObject[]): string {
    if (parts.some((one) => part(one, 'pattern') !== undefined)) {
      throw new NoValue('its schema has a pattern');
    }
    const shortest = tightest(parts, 'minLength', Math.max) ?? 0;
    const longest = tightest(parts, 'maxLength', Math.min) ?? Number.POSITIVE_INFINITY;
    if (shortest > longestText) throw new NoValue('its text is too long');
    const format = parts.map((one) => part(one, 'format')).find((one) => typeof one === 'string');
    const text = this.#fresh.text(format, shortest, longest);
    if (text === undefined) throw new NoValue('its text has no room for its format');
    return text;
  }

  #number(parts: readonly JsonObject[]): number {
    const above = (key: string, step: number) =>
      (tightest(parts, key, Math.max) ?? -Infinity) + step;
    const below = (key: string, step: number) =>
      (tightest(parts, key, Math.min) ?? Infinity) - step;
    const smallest = Math.max(above('minimum', 0), above('exclusiveMinimum', 1));
    const largest = Math.min(below('maximum', 0), below('exclusiveMaximum', 1));
    const factor = tightest(parts, 'multipleOf', Math.max);
    if (factor === undefined) {
      const fresh = this.#fresh.number(smallest, largest);
      if (fresh !== undefined) return fresh;
    }
    const near = Number.isFinite(smallest) ? smallest : Math.min(0, largest);
    if (factor !== undefined) return Math.ceil(near / factor) * factor;
    const whole = Math.ceil(near);
    return whole <= largest ? whole : (smallest + largest) / 2;
  }
}

/** The branches of `anyOf` and `oneOf`, in each combination. */
function choices(schema: JsonObject): readonly (readonly Schema[])[] {
  const branches = (key: string): readonly (readonly Schema[])[] =>
    part(schema, key) === undefined
      ? [[]]
      : notNullFirst(schemaList(schema, key)).map((one) => [one]);
  return branches('anyOf').flatMap((one) => branches('oneOf').map((other) => [...one, ...other]));
}

/** A program does more with a value than without one. */
function notNullFirst(schemas: readonly Schema[]): readonly Schema[] {
  const isNull = (schema: Schema) => typeof schema !== 'boolean' && part(schema, 'type') === 'null';
  return [...schemas.filter((one) => !isNull(one)), ...schemas.filter(isNull)];
}

/** The values of the shortest `enum` or `const`; undefined where there is none. */
function fixedValues(parts: readonly JsonObject[]): readonly JsonValue[] | undefined {
  const lists = parts.flatMap((one) => {
    const constant = part(one, 'const');
    const listed = part(one, 'enum');
    return [
      ...(constant === undefined ? [] : [[constant]]),
      ...(Array.isArray(listed) ? [listed as readonly JsonValue[]] : []),
    ];
  });
  return lists.sort((one, other) => one.length - other.length)[0];
}

const allTypes = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];

/** Types that all of `parts` permit, the likeliest first. */
function typesOf(parts: readonly JsonObject[]): readonly string[] {
  const named = parts.flatMap((one) => {
    const type = part(one, 'type');
    return type === undefined ? [] : [texts(Array.isArray(type) ? type : [type])];
  });
  const permits = (types: readonly string[], type: string) =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  const permitted = allTypes.filter((type) => named.every((types) => permits(types, type)));
  if (named.length > 0) {
    const order = named[0] as readonly string[];
    const rank = (type: string) => (type === 'null' ? allTypes.length : order.indexOf(type));
    return permitted.sort((one, other) => rank(one) - rank(other));
  }
  const has = (...keys: readonly string[]) =>
    parts.some((one) => keys.some((key) => part(one, key) !== undefined));
  if (has('properties', 'required', 'additionalProperties')) return ['object'];
  if (has('items', 'prefixItems', 'minItems')) return ['array'];
  return has('minimum', 'maximum', 'multipleOf') ? ['integer', 'string'] : ['string', 'integer'];
}

function tightest(
  parts: readonly JsonObject[],
  key: string,
  choose: (...bounds: number[]) => number,
): number | undefined {
  const bounds = parts.map((one) => bound(one, key)).filter((one) => one !== undefined);
  return bounds.length === 0 ? undefined : choose(...bounds);
}

function members(schema: JsonObject): JsonObject {
  const properties = part(schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

function schemaOfMember(schema: JsonObject, name: string): readonly Schema[] {
  const declared = members(schema);
  const own = Object.hasOwn(declared, name) ? declared[name] : part(schema, 'additionalProperties');
  return isSchema(own) ? [own] : [];
}

function schemaOfItem(schema: JsonObject, index: number): readonly Schema[] {
  const own = schemaList(schema, 'prefixItems')[index] ?? part(schema, 'items');
  return isSchema(own) ? [own] : [];
}
