import { isJsonObject, type JsonObject } from '@org/core';
import { propertyKey } from './escape.ts';
import { keyPattern } from './key-pattern.ts';
import { allKinds, objectKind } from './kinds.ts';
import { schemaDoc } from './schema-doc.ts';
import { keyword } from './schema-reference.ts';
import {
  applicators,
  hasAny,
  type Place,
  schemaMap,
  strings,
  type Translator,
} from './schema-translator.ts';
import { anyObject, atom, operand, type TypeText, union, unknownType } from './type-text.ts';

/** An index signature repeats the types of the properties; a longer one says `unknown`. */
const maxIndexLength = 200;
const maxLineLength = 100;

/** What the object keywords of a schema say. */
export function objectType(schema: JsonObject, place: Place, translator: Translator): TypeText {
  return new ObjectType(schema, place, translator).type();
}

class ObjectType {
  readonly #schema: JsonObject;
  readonly #place: Place;
  readonly #inside: Place;
  readonly #translator: Translator;
  /** Of the schemas for keys that match a pattern, by the text of the key's type. */
  readonly #patterns = new Map<string, TypeText[]>();
  /** Types of values whose keys cannot be told from others. */
  readonly #anywhere: TypeText[] = [];

  constructor(schema: JsonObject, place: Place, translator: Translator) {
    this.#schema = schema;
    this.#place = place;
    this.#inside = {
      indent: `${place.indent} `,
      depth: place.depth + 1,
      guarded: true,
      kinds: allKinds,
    };
    this.#translator = translator;
  }

  type(): TypeText {
    if (keyword(this.#schema, 'maxProperties') === 0) return emptyObject;
    const declared = schemaMap(keyword(this.#schema, 'properties'));
    const required = new Set(strings(keyword(this.#schema, 'required')));
    let additional = this.#additional();
    const allowed = this.#allowedKeys();
    const keys = new Set([...Object.keys(declared), ...required, ...(allowed ?? [])]);
    this.#readPatterns();

    const hasPatterns = this.#patterns.size > 0 || this.#anywhere.length > 0;
    const members: string[] = [];
    const types: TypeText[] = [];
    let left = keys.size;
    let complete = true;
    for (const key of keys) {
      if (this.#translator.exhausted) {
        members.push(`/* ${left} more properties: the schema is too large */`);
        complete = false;
        break;
      }
      left--;
      const isDeclared = Object.hasOwn(declared, key);
      const property = isDeclared ? declared[key] : hasPatterns ? true : (additional ?? true);
      const mark = required.has(key) ? '' : '?';
      const type = this.#translator.translate(property, this.#inside);
      types.push(type);
      if (mark !== '') types.push(undefinedType);
      members.push(this.#member(key, property, `${propertyKey(key)}${mark}`, type));
    }
    if (allowed !== undefined && complete) additional = false;
    if (!complete) additional = true;
    const index = this.#indexType(additional, types, keys.size === 0);
    if (index !== undefined && keys.size > 0) members.push(`[key: string]: ${index.text};`);
    const object = keys.size === 0 ? mapOf(index, this.#patterns.size > 0) : this.#literal(members);
    const patterns = Array.from(this.#patterns, ([key, values]) => {
      const value = values.length === 1 ? values[0]?.text : values.map(operand).join(' & ');
      return `{ [key: ${key}]: ${value} }`;
    });
    const parts = [...(object === '' ? [] : [object]), ...patterns];
    const type = atom(parts.join(' & '), objectKind, { widened: !complete });
    return parts.length === 1 ? type : { ...type, operator: '&' };
  }

  #additional(): unknown {
    const additional = keyword(this.#schema, 'additionalProperties');
    if (additional !== undefined) return additional;
    const unevaluated = keyword(this.#schema, 'unevaluatedProperties');
    if (unevaluated === undefined || !hasAny(this.#schema, applicators)) return unevaluated;
    // What is evaluated elsewhere cannot be told from what is not.
    return unevaluated === false ? undefined : true;
  }

  /** The only keys there may be, where `propertyNames` lists them. */
  #allowedKeys(): readonly string[] | undefined {
    const names = keyword(this.#schema, 'propertyNames');
    if (names === false) return [];
    if (!isJsonObject(names)) return undefined;
    if (Object.hasOwn(names, 'const')) return strings([names.const]);
    const values = keyword(names, 'enum');
    return Array.isArray(values) && values.length <= 500 ? strings(values) : undefined;
  }

  #readPatterns(): void {
    const patterns = schemaMap(keyword(this.#schema, 'patternProperties'));
    for (const pattern of Object.keys(patterns)) {
      const type = this.#translator.translate(patterns[pattern], this.#inside);
      const key = keyPattern(pattern);
      if (key === undefined) this.#anywhere.push(type);
      else this.#patterns.set(key, [...(this.#patterns.get(key) ?? []), type]);
    }
  }

  /** Of the index signature; undefined for none. */
  #indexType(
    additional: unknown,
    properties: readonly TypeText[],
    isMap: boolean,
  ): TypeText | undefined {
    const { keepsOpen } = this.#translator;
    if (additional === true) return unknownType;
    const patterns = [...this.#anywhere, ...[...this.#patterns.values()].flat()];
    const others: TypeText[] = [];
    if (isJsonObject(additional)) others.push(this.#translator.translate(additional, this.#inside));
    else if (additional !== false && (keepsOpen || (isMap && patterns.length === 0))) {
      return unknownType;
    } else if (this.#anywhere.length === 0) return undefined;
    const types = [...others, ...patterns, ...properties];
    const length = types.reduce((sum, type) => sum + type.text.length, 0);
    if (types.length > 1 && length > maxIndexLength) return unknownType;
    return union(types);
  }

  #member(key: string, property: unknown, name: string, type: TypeText): string {
    const doc = schemaDoc(this.#translator.documented(property), this.#translator.docs, key);
    // What the type has in it is counted where it is written.
    this.#translator.spend(doc + name);
    const text = `${name}: ${type.text};`;
    return doc === '' ? text : `/** ${doc} */\n${this.#inside.indent}${text}`;
  }

  #literal(members: readonly string[]): string {
    const line = `{ ${members.join(' ').replace(/;$/, '')} }`;
    if (line.length <= maxLineLength && !/\n|\/\*\*/.test(line)) return line;
    const lines = members.map((member) => `${this.#inside.indent}${member}\n`);
    return `{\n${lines.join('')}${this.#place.indent}}`;
  }
}

const undefinedType = atom('undefined', 0);
const emptyObject = atom('Record<string, never>', objectKind);

/** An object without declared properties; nothing where patterns alone say what it is. */
function mapOf(index: TypeText | undefined, hasPatterns: boolean): string {
  if (index === undefined) return hasPatterns ? '' : emptyObject.text;
  if (index.text === 'never') return emptyObject.text;
  return index.text === 'unknown' ? anyObject : `{ [key: string]: ${index.text} }`;
}
