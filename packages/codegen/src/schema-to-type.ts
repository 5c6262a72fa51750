import { isJsonObject, type JsonObject } from '@org/core';
import { arrayType } from './array-type.ts';
import { conditionType, dependencyTypes } from './condition-type.ts';
import { typeStem } from './identifier.ts';
import {
  allKinds,
  arrayKind,
  isWithin,
  type Kinds,
  kindOfValue,
  kindsOfType,
  nullKind,
  objectKind,
} from './kinds.ts';
import { literalType } from './literal-type.ts';
import { negation } from './negation.ts';
import { objectType } from './object-type.ts';
import { type DocStyle, schemaDoc, shortDocs } from './schema-doc.ts';
import { keyword, type Reference, SchemaIndex } from './schema-reference.ts';
import {
  applicators,
  applied,
  arrayKeywords,
  groupsOf,
  hasAny,
  objectKeywords,
  ofArrays,
  ofObjects,
  type Place,
  schemaList,
  type Translator,
} from './schema-translator.ts';
import {
  anyOfKinds,
  atom,
  intersection,
  isGeneral,
  neverType,
  type TypeText,
  union,
  unknownWidth,
  widened,
} from './type-text.ts';

export interface TypeRequest {
  /** Of the type that stands for the whole schema, if it refers to itself; others begin with it. */
  readonly name: string;
  /** The value is always an object: whatever the schema says, the type is one of objects. */
  readonly isParams: boolean;
  /** Type names already used in the file; the ones declared here are added. */
  readonly taken: Set<string>;
  /** Characters of source that may be written, roughly. */
  readonly maxLength: number;
  /**
   * Whether objects may have properties of which their schema says nothing. Default false: a
   * misspelled key is an error, and a schema that means to be open says `additionalProperties`.
   */
  readonly keepsOpen?: boolean;
  /** Default: short ones. */
  readonly docs?: DocStyle;
}

export interface SchemaTypes {
  /** The type for the whole schema: an expression, of one or more lines. */
  readonly type: string;
  /** `export` declarations of the types that it refers to; may be empty. */
  readonly declarations: string;
  /** `{}` is a value of the type. */
  readonly acceptsEmptyObject: boolean;
}

/**
 * TypeScript types for a JSON Schema (2020-12 and draft 7). Each value that fits the schema fits
 * the type, except that undeclared properties are only allowed where the schema says so. What
 * TypeScript cannot say, refers outside the schema, or is over a cap makes the type wider:
 * docs/schema-types.md lists it. Time and output are linear in the schema up to the caps.
 */
export function schemaToTypes(schema: JsonObject, request: TypeRequest): SchemaTypes {
  return new Translation(schema, request).run();
}

interface NamedType {
  readonly name: string;
  readonly schema: JsonObject;
  state: 'waiting' | 'open' | 'done';
  source: string;
  kinds: Kinds;
  width: number;
}

const maxDepth = 64;
const maxSchemas = 10_000;
const maxEnumValues = 500;
/** How far a schema is looked into for the kinds that it allows. */
const kindsDepth = 16;
/** Keywords of a schema that is only a word or two wherever it is written. */
const shortEnough = 3;
const structural = [...applicators, ...objectKeywords, ...arrayKeywords, 'enum', 'const', 'not'];

class Translation implements Translator {
  readonly keepsOpen: boolean;
  readonly docs: DocStyle;
  readonly #root: JsonObject;
  readonly #request: TypeRequest;
  /** By schema, in the order in which they are declared. */
  readonly #named = new Map<JsonObject, NamedType>();
  readonly #kinds = new Map<JsonObject, Kinds>();
  #lazyIndex: SchemaIndex | undefined;
  #schemasLeft = maxSchemas;
  #lengthLeft: number;

  constructor(root: JsonObject, request: TypeRequest) {
    this.#root = root;
    this.#request = request;
    this.docs = request.docs ?? (request.isParams ? shortDocs.params : shortDocs.result);
    this.keepsOpen = request.keepsOpen ?? false;
    this.#lengthLeft = request.maxLength;
  }

  run(): SchemaTypes {
    const { isParams } = this.#request;
    const kinds = isParams ? objectKind : allKinds;
    const place: Place = { indent: '', depth: 0, guarded: false, kinds };
    let type = this.translate(this.#root, place);
    const root = this.#named.get(this.#root);
    // Translating one may name others: a Map's iterator comes to those as well.
    for (const named of this.#named.values()) this.#declare(named);
    if (root !== undefined) type = atom(root.name, root.kinds);
    if (isParams && !isWithin(type.kinds, objectKind)) {
      type = intersection([atom('object', objectKind), type]);
    }
    const plain = !hasAny(this.#root, applicators);
    const required = keyword(this.#root, 'required');
    return {
      type: type.text,
      declarations: Array.from(this.#named.values(), (named) => named.source).join(''),
      acceptsEmptyObject: plain && !(Array.isArray(required) && required.length > 0),
    };
  }

  get #index(): SchemaIndex {
    this.#lazyIndex ??= new SchemaIndex(this.#root);
    return this.#lazyIndex;
  }

  /** The kinds that the keywords of `schema` leave, with those of the schemas it applies. */
  #kindsOf(schema: JsonObject, depth: number): Kinds {
    const known = this.#kinds.get(schema);
    if (known !== undefined) return known;
    const type = keyword(schema, 'type');
    let kinds = type === undefined ? allKinds : kindsOfType(type);
    if (type !== undefined && keyword(schema, 'nullable') === true) kinds |= nullKind;
    if (depth === 0 || (groupsOf(schema) & applied) === 0) return kinds;
    // Whatever refers back to it while it is looked into learns only this much.
    this.#kinds.set(schema, kinds);
    const below = (one: unknown) => {
      if (one === false) return 0;
      return isJsonObject(one) ? this.#kindsOf(one, depth - 1) : allKinds;
    };
    const either = (choices: readonly unknown[]) =>
      choices.reduce((all: Kinds, choice) => all | below(choice), 0);
    for (const name of ['$ref', '$dynamicRef'] as const) {
      if (!Object.hasOwn(schema, name)) continue;
      const targets = this.#index.references(schema, name);
      if (targets.length > 0) kinds &= either(targets.map(({ target }) => target));
    }
    for (const part of schemaList(keyword(schema, 'allOf')) ?? []) kinds &= below(part);
    for (const name of ['anyOf', 'oneOf']) {
      const choices = schemaList(keyword(schema, name));
      if (choices !== undefined) kinds &= either(choices);
    }
    this.#kinds.set(schema, kinds);
    return kinds;
  }

  #declare(named: NamedType, depth = 0): void {
    if (named.state !== 'waiting') return;
    named.state = 'open';
    const words = schemaDoc(named.schema, this.docs);
    const doc = words === '' ? '' : `/** ${words} */\n`;
    this.spend(doc);
    const type = this.translate(named.schema, {
      indent: '',
      depth,
      guarded: false,
      kinds: allKinds,
    });
    named.kinds = type.kinds;
    named.width = type.width;
    named.source = `${doc}export type ${named.name} = ${type.text};\n`;
    named.state = 'done';
  }

  spend(text: string): void {
    this.#lengthLeft -= text.length;
  }

  get exhausted(): boolean {
    return this.#schemasLeft <= 0 || this.#lengthLeft <= 0;
  }

  documented(schema: unknown): unknown {
    if (!isJsonObject(schema) || !Object.hasOwn(schema, '$ref')) return schema;
    if (hasAny(schema, ['description', 'title'])) return schema;
    const target = this.#index.references(schema, '$ref')[0]?.target;
    return isJsonObject(target) && this.#isInlined(target) ? { ...target, ...schema } : schema;
  }

  translate(schema: unknown, place: Place): TypeText {
    if (schema === false) return neverType;
    if (!isJsonObject(schema)) return anyOfKinds(place.kinds);
    if (this.exhausted) return widened('the schema is too large', place.kinds);
    if (place.depth > maxDepth) return widened('nested too deeply', place.kinds);
    this.#schemasLeft--;
    const standsAlone = Object.hasOwn(schema, '$ref') && this.#index.refsStandAlone;
    const stated = standsAlone ? allKinds : this.#kindsOf(schema, kindsDepth);
    let kinds = place.kinds & stated;
    if (kinds === 0) return neverType;
    const here: Place = { ...place, depth: place.depth + 1, kinds };
    const groups = groupsOf(schema);
    const parts = groups & applied ? this.#applied(schema, here, standsAlone) : [];
    if (!standsAlone && Object.hasOwn(schema, 'not')) {
      const type = negation(schema.not, here, this);
      if (type !== undefined) parts.push(type);
    }
    for (const part of parts) kinds &= part.kinds;
    const base = standsAlone ? undefined : this.#base(schema, groups, { ...place, kinds });
    if (base !== undefined) return intersection([base, ...parts]);
    const known = parts.filter((part) => !part.top);
    if (known.length > 0 && known.some((part) => isWithin(part.kinds, kinds))) {
      return intersection(parts);
    }
    const bound =
      kinds === objectKind && known.length > 0 ? atom('object', kinds) : anyOfKinds(kinds);
    return intersection([bound, ...parts]);
  }

  /** What the keywords that apply other schemas to the same value say. */
  #applied(schema: JsonObject, here: Place, standsAlone: boolean): TypeText[] {
    const parts: TypeText[] = [];
    for (const name of ['$ref', '$dynamicRef'] as const) {
      if (typeof keyword(schema, name) !== 'string') continue;
      const targets = this.#index.references(schema, name);
      if (targets.length === 0) parts.push(widened('refers outside this schema', here.kinds));
      else parts.push(union(targets.map((target) => this.#reference(target, here))));
      if (standsAlone) return parts;
    }
    if (Object.hasOwn(schema, '$recursiveRef')) parts.push(widened('refers to itself', here.kinds));
    for (const part of schemaList(keyword(schema, 'allOf')) ?? []) {
      parts.push(this.translate(part, here));
    }
    for (const name of ['anyOf', 'oneOf']) {
      const choices = schemaList(keyword(schema, name));
      if (choices !== undefined) {
        parts.push(union(choices.map((choice) => this.translate(choice, here))));
      }
    }
    if (Object.hasOwn(schema, 'if')) parts.push(conditionType(schema, here, this));
    parts.push(...dependencyTypes(schema, here, this));
    return parts;
  }

  /** What `const`, `enum` or `type` with its keywords say; undefined for no more than the kinds. */
  #base(schema: JsonObject, groups: number, place: Place): TypeText | undefined {
    const { kinds } = place;
    if (Object.hasOwn(schema, 'const')) return this.#literals([schema.const], kinds);
    const values = keyword(schema, 'enum');
    if (Array.isArray(values)) return this.#literals(values, kinds);
    const object = (kinds & objectKind) !== 0 && (groups & ofObjects) !== 0;
    const array = (kinds & arrayKind) !== 0 && (groups & ofArrays) !== 0;
    if (!object && !array) return undefined;
    const rest = kinds & ~((object ? objectKind : 0) | (array ? arrayKind : 0));
    const type = union([
      ...(object ? [objectType(schema, place, this)] : []),
      ...(array ? [arrayType(schema, place, this)] : []),
      anyOfKinds(rest),
    ]);
    return isGeneral(type) ? undefined : type;
  }

  #literals(values: readonly unknown[], kinds: Kinds): TypeText {
    const possible = values.filter((value) => (kindOfValue(value) & kinds) !== 0);
    if (possible.length > maxEnumValues) {
      const all = possible.reduce((sum: Kinds, value) => sum | kindOfValue(value), 0);
      return widened(`one of ${possible.length} values`, all);
    }
    return union(possible.map((value) => this.literal(value)));
  }

  literal(value: unknown): TypeText {
    this.#schemasLeft--;
    if (this.exhausted) return widened('the schema is too large');
    const type = literalType(value);
    this.spend(type.text);
    return type;
  }

  /** Written where it is referred to: what nothing else refers to, and what is only a word. */
  #isInlined(target: JsonObject): boolean {
    if (target === this.#root || this.#named.has(target)) return false;
    const names = Object.keys(target).filter((name) => name !== 'description' && name !== 'title');
    if (names.length < shortEnough && !hasAny(target, structural)) return true;
    return this.#index.uses(target) === 1 && !this.#index.refersFurther(target);
  }

  #reference({ target, label }: Reference, place: Place): TypeText {
    if (!isJsonObject(target)) return this.translate(target, place);
    if (this.#isInlined(target)) return this.translate(target, place);
    const named = this.#named.get(target) ?? this.#name(label, target);
    this.spend(named.name);
    if (!place.guarded && named.state !== 'done') {
      // A type alias may not refer to itself except from inside an object or array type.
      if (named.state === 'open' || target === this.#root) {
        return widened('refers to itself', place.kinds);
      }
      this.#declare(named, place.depth);
    }
    return atom(named.name, named.kinds, { width: named.width });
  }

  #name(label: string, schema: JsonObject): NamedType {
    const { name: rootName, taken } = this.#request;
    const stem = schema === this.#root ? rootName : rootName + typeStem(label).slice(0, 64);
    let name = stem;
    for (let number = this.#named.size; taken.has(name); number++) name = `${stem}_${number}`;
    taken.add(name);
    this.spend(name);
    const kinds = this.#kindsOf(schema, kindsDepth);
    const named: NamedType = {
      name,
      schema,
      state: 'waiting',
      source: '',
      kinds,
      width: unknownWidth,
    };
    this.#named.set(schema, named);
    return named;
  }
}
