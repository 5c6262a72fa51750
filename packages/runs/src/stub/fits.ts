import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { every, exactlyOne, type Fit, opposite, some } from './fit.ts';
import type { FreshValues } from './fresh-values.ts';
import { hasType, numberFits, textFits } from './scalar-fits.ts';
import {
  type Budget,
  bound,
  isSchema,
  NoValue,
  part,
  referenced,
  type Schema,
  schemaList,
  texts,
} from './schema-parts.ts';

/** Schemas within schemas; references count. Each takes a few frames of the stack. */
const maxNesting = 300;

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Keywords that only bind values of one type. */
const ofNumbers = words('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf');
const ofTexts = words('minLength maxLength pattern');
const ofArrays = words(
  'minItems maxItems uniqueItems prefixItems items contains unevaluatedItems additionalItems',
);
const ofObjects = words(
  'required minProperties maxProperties propertyNames properties additionalProperties patternProperties dependentRequired dependentSchemas dependencies unevaluatedProperties',
);

/** Keywords whose meaning depends on more than the schema that they stand in. */
const elsewhere = words('$dynamicRef $recursiveRef $id id');

/** Whether a value fits a schema (2020-12), as far as that can be said in bounded time. */
export class Fits {
  readonly #root: Schema;
  readonly #fresh: FreshValues;
  readonly #budget: Budget;
  readonly #loneReferences: boolean;
  #nesting = 0;

  /** @param fresh the values that were made, whose formats are known */
  constructor(root: Schema, fresh: FreshValues, budget: Budget) {
    this.#root = root;
    this.#fresh = fresh;
    this.#budget = budget;
    const dialect = typeof root === 'boolean' ? undefined : part(root, '$schema');
    this.#loneReferences = typeof dialect === 'string' && dialect.includes('/draft-0');
  }

  /** @throws NoValue when the budget is spent, or the schema refers to nothing */
  of(schema: Schema, value: JsonValue): Fit {
    this.#budget.spend();
    if (typeof schema === 'boolean') return schema;
    if (++this.#nesting > maxNesting) throw new NoValue('its schema is nested too deep');
    try {
      return every(
        Object.entries(schema).map(([key, operand]) => this.#keyword(schema, key, operand, value)),
      );
    } finally {
      this.#nesting--;
    }
  }

  #keyword(schema: JsonObject, key: string, operand: JsonValue, value: JsonValue): Fit {
    switch (key) {
      case '$ref': {
        const fit = this.of(referenced(this.#root, operand), value);
        // Drafts up to 7 ignore what stands beside a reference.
        return this.#loneReferences && Object.keys(schema).length > 1 ? fit && undefined : fit;
      }
      case 'type':
        return (Array.isArray(operand) ? operand : [operand]).some((type) => hasType(value, type));
      case 'const':
        return same(operand, value);
      case 'enum':
        return Array.isArray(operand) ? operand.some((one) => same(one, value)) : undefined;
      case 'allOf':
        return every(schemaList(schema, key).map((one) => this.of(one, value)));
      case 'anyOf':
        return some(schemaList(schema, key).map((one) => this.of(one, value)));
      case 'oneOf':
        return exactlyOne(schemaList(schema, key).map((one) => this.of(one, value)));
      case 'not':
        return isSchema(operand) ? opposite(this.of(operand, value)) : undefined;
      case 'format':
        if (typeof value !== 'string' || typeof operand !== 'string') return true;
        return this.#fresh.isOfFormat(value, operand);
      case 'if':
        return this.#condition(schema, operand, value);
    }
    if (elsewhere.has(key)) return schema === this.#root ? true : undefined;
    if (ofNumbers.has(key))
      return typeof value === 'number' ? numberFits(schema, key, value) : true;
    if (ofTexts.has(key)) return typeof value === 'string' ? textFits(schema, key, value) : true;
    if (ofArrays.has(key)) {
      return Array.isArray(value) ? this.#items(schema, key, operand, value) : true;
    }
    if (ofObjects.has(key)) {
      return isJsonObject(value) ? this.#members(schema, key, operand, value) : true;
    }
    return true;
  }

  #condition(schema: JsonObject, operand: JsonValue, value: JsonValue): Fit {
    const holds = isSchema(operand) ? this.of(operand, value) : undefined;
    if (holds === undefined) return undefined;
    const chosen = part(schema, holds ? 'then' : 'else') ?? true;
    return isSchema(chosen) ? this.of(chosen, value) : undefined;
  }

  #items(schema: JsonObject, key: string, operand: JsonValue, value: readonly JsonValue[]): Fit {
    const count = bound(schema, key);
    switch (key) {
      case 'minItems':
        return count === undefined ? undefined : value.length >= count;
      case 'maxItems':
        return count === undefined ? undefined : value.length <= count;
      case 'uniqueItems':
        return operand !== true || new Set(value.map(canonicalJson)).size === value.length;
      case 'prefixItems': {
        const schemas = schemaList(schema, key).slice(0, value.length);
        return every(schemas.map((one, index) => this.of(one, value[index] as JsonValue)));
      }
      case 'items': {
        if (!isSchema(operand)) return value.length === 0 ? true : undefined;
        const rest = value.slice(schemaList(schema, 'prefixItems').length);
        return every(rest.map((item) => this.of(operand, item)));
      }
      default:
        return undefined;
    }
  }

  #members(schema: JsonObject, key: string, operand: JsonValue, value: JsonObject): Fit {
    const names = Object.keys(value);
    const count = bound(schema, key);
    const declared = part(schema, 'properties');
    const isDeclared = (name: string) => isJsonObject(declared) && Object.hasOwn(declared, name);
    const fit = (of: unknown, name: string): Fit =>
      isSchema(of) ? this.of(of, value[name] as JsonValue) : undefined;
    switch (key) {
      case 'required':
        return texts(operand).every((name) => Object.hasOwn(value, name));
      case 'minProperties':
        return count === undefined ? undefined : names.length >= count;
      case 'maxProperties':
        return count === undefined ? undefined : names.length <= count;
      case 'propertyNames':
        if (!isSchema(operand)) return undefined;
        return every(names.map((name) => this.of(operand, name)));
      case 'properties':
        if (!isJsonObject(operand)) return undefined;
        return every(names.filter(isDeclared).map((name) => fit(operand[name], name)));
      case 'additionalProperties':
        if (part(schema, 'patternProperties') !== undefined) return undefined;
        return every(names.filter((name) => !isDeclared(name)).map((name) => fit(operand, name)));
      default:
        return undefined;
    }
  }
}

function same(one: JsonValue, other: JsonValue): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
