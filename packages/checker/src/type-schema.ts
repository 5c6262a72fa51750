import type { JsonObject, JsonValue } from '@org/core';
import {
  type ApiSymbol,
  type ApiType,
  aboutType,
  method,
  symbolFlag,
  typeFlag,
} from './typescript.ts';

/** Types within types; what is deeper may be anything. */
const maxDepth = 20;
/** Types in all; what is beyond may be anything. */
const maxTypes = 2_000;
const maxDescription = 1_000;

/** What is asked about types: a method of the compiler's API and what it is asked of. */
export type AskType = (
  method: string,
  params: Readonly<Record<string, number>>,
) => Promise<unknown>;

const simple: readonly (readonly [flag: number, schema: JsonObject])[] = [
  [typeFlag.string, { type: 'string' }],
  [typeFlag.stringOfParts, { type: 'string' }],
  [typeFlag.number, { type: 'number' }],
  [typeFlag.boolean, { type: 'boolean' }],
  [typeFlag.null, { type: 'null' }],
  [typeFlag.nonPrimitive, { type: 'object' }],
];

/**
 * JSON Schemas of types as the compiler resolves them, imported and computed ones too. Any value fits
 * the schema of a type that JSON does not have, of one that contains itself, and of what is beyond
 * the bounds. Doc comments become descriptions.
 */
export class TypeSchemas {
  readonly #ask: AskType;
  /** Types around the one that is being read. */
  #left = maxTypes;

  constructor(ask: AskType) {
    this.#ask = ask;
  }

  /** Undefined for a type that no JSON value has: `undefined`, `void`, `never`. */
  async of(type: ApiType, around: readonly number[] = []): Promise<JsonObject | undefined> {
    const { id, flags } = type;
    if ((flags & typeFlag.nothing) !== 0) return undefined;
    if (around.length > maxDepth || around.includes(id) || this.#left-- <= 0) return {};
    const found = simple.find(([flag]) => (flags & flag) !== 0);
    if (found !== undefined) return found[1];
    if ((flags & typeFlag.literal) !== 0) return literal(type.value);
    const within = [...around, id];
    if ((flags & typeFlag.union) !== 0) return this.#union(type, within);
    if ((flags & typeFlag.typeParameter) !== 0) {
      const constraint = (await this.#about('constraint', type)) as ApiType | null;
      return constraint === null ? {} : this.of(constraint, within);
    }
    if ((flags & (typeFlag.object | typeFlag.intersection)) !== 0) {
      return this.#object(type, within);
    }
    return {};
  }

  #about(question: keyof typeof aboutType, { id }: ApiType): Promise<unknown> {
    return this.#ask(...aboutType[question](id));
  }

  async #list<One>(question: keyof typeof aboutType, type: ApiType): Promise<readonly One[]> {
    return ((await this.#about(question, type)) ?? []) as readonly One[];
  }

  async #union(type: ApiType, within: readonly number[]): Promise<JsonObject> {
    const types = await this.#list<ApiType>('constituents', type);
    const all = await Promise.all(types.map((one) => this.of(one, within)));
    const schemas = withBoolean(all.filter((schema) => schema !== undefined));
    const [first] = schemas;
    if (schemas.length === 1 && first !== undefined) return first;
    const values = schemas.map((schema) => schema.const);
    if (values.every((value) => value !== undefined)) {
      const kinds = [...new Set(values.map((value) => typeof value))];
      return { ...(kinds.length === 1 && kinds[0] && { type: kinds[0] }), enum: values };
    }
    return schemas.some((schema) => Object.keys(schema).length === 0) ? {} : { anyOf: schemas };
  }

  async #object(type: ApiType, within: readonly number[]): Promise<JsonObject> {
    if (await this.#about('isArray', type)) {
      const [item] = await this.#list<ApiType>('arguments', type);
      const items = item && (await this.of(item, within));
      return { type: 'array', ...(items && { items }) };
    }
    if (await this.#about('isTuple', type)) return { type: 'array' };
    const callable = await this.#about('signatures', type);
    if (Array.isArray(callable) && callable.length > 0) return {};
    const properties = await this.#list<ApiSymbol>('properties', type);
    if (properties.some(({ name }) => name.startsWith('\u00fe') || /^__@/u.test(name))) return {};
    const own = await Promise.all(properties.map((one) => this.#property(one, within)));
    const known = own.filter((one) => one !== undefined);
    const required = known.filter((one) => !one.optional).map(({ name }) => name);
    const indexes = await this.#list<{ readonly valueType: ApiType }>('indexes', type);
    const [index] = indexes;
    return {
      type: 'object',
      ...(known.length > 0 || index === undefined
        ? { properties: Object.fromEntries(known.map(({ name, schema }) => [name, schema])) }
        : {}),
      ...(required.length > 0 && { required }),
      additionalProperties:
        index === undefined ? false : ((await this.of(index.valueType, within)) ?? {}),
    };
  }

  async #property(symbol: ApiSymbol, within: readonly number[]) {
    const [type, comment] = await Promise.all([
      this.#ask(method.typeOfSymbol, { symbol: symbol.id }) as Promise<ApiType | null>,
      this.#ask(method.documentation, { symbol: symbol.id }),
    ]);
    if (type === null) return undefined;
    const schema = await this.of(type, within);
    if (schema === undefined) return undefined;
    const words = commentText(comment);
    const description = words === '' ? {} : { description: words };
    const optional = (symbol.flags & symbolFlag.optional) !== 0 || (await this.#orAbsent(type));
    return { name: symbol.name, optional, schema: { ...schema, ...description } };
  }

  async #orAbsent(type: ApiType): Promise<boolean> {
    if ((type.flags & typeFlag.any) !== 0) return false;
    if ((type.flags & typeFlag.union) === 0 || (type.flags & typeFlag.boolean) !== 0) return false;
    const types = await this.#list<ApiType>('constituents', type);
    return types.some(({ flags }) => (flags & typeFlag.nothing) !== 0);
  }
}

function literal(value: JsonValue | undefined): JsonObject {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain && value !== undefined ? { const: value } : {};
}

/** In a union, `boolean` is its two values. */
function withBoolean(schemas: readonly JsonObject[]): readonly JsonObject[] {
  const isBoolean = (schema: JsonObject) => typeof schema.const === 'boolean';
  if (schemas.filter(isBoolean).length < 2) return schemas;
  return [...schemas.filter((schema) => !isBoolean(schema)), { type: 'boolean' }];
}

function commentText(comment: unknown): string {
  const text = typeof comment === 'string' ? comment : '';
  return text.replaceAll(/\s+/gu, ' ').trim().slice(0, maxDescription);
}
