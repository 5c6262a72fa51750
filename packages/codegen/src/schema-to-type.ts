import { isJsonObject, type JsonObject } from '@org/core';
import { docComment, propertyKey } from './escape.ts';
import { typeStem } from './identifier.ts';
import { literalType } from './literal-type.ts';
import { schemaDoc } from './schema-doc.ts';
import { keyword, type Reference, resolveReference } from './schema-reference.ts';
import {
  atom,
  intersection,
  operand,
  type TypeText,
  union,
  unknownType,
  unknownWidth,
  widened,
} from './type-text.ts';

export interface TypeRequest {
  /** Of the type that stands for the whole schema. */
  readonly name: string;
  /** The value is always an object: whatever the schema says, the type is one of objects. */
  readonly isParams: boolean;
  /** Type names already used in the file; the ones declared here are added. */
  readonly taken: Set<string>;
  /** Characters of source that may be written, roughly. */
  readonly maxLength: number;
}

export interface DeclaredTypes {
  /** `export` declarations: the requested type first, then the named types that it refers to. */
  readonly declarations: string;
  /** `{}` is a value of the type. */
  readonly acceptsEmptyObject: boolean;
}

/**
 * TypeScript types for a JSON Schema (2020-12, and the draft-7 spellings that servers use). What
 * is not understood, refers outside the schema, or is over a cap becomes `unknown`: types may be
 * wider than the schema. Time and output are linear in the schema up to the caps.
 */
export function schemaToTypes(schema: JsonObject, request: TypeRequest): DeclaredTypes {
  return new Translation(schema, request).run();
}

interface NamedType {
  readonly name: string;
  readonly schema: JsonObject;
  state: 'waiting' | 'open' | 'done';
  source: string;
}

interface Place {
  readonly indent: string;
  readonly depth: number;
  /** Inside an object or array type, where a type may refer to itself. */
  readonly guarded: boolean;
}

const maxDepth = 64;
const maxSchemas = 10_000;
const maxEnumValues = 500;
const combinators = ['$ref', 'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'nullable'];
const objectKeywords = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
];

function has(schema: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(schema, name));
}

function typeNames(schema: JsonObject): unknown[] {
  const type = keyword(schema, 'type');
  if (Array.isArray(type)) return type;
  if (type !== undefined) return [type];
  if (has(schema, objectKeywords)) return ['object'];
  return has(schema, ['items', 'prefixItems']) ? ['array'] : [];
}

/** Translates to one object type without operators, so it can be an interface. */
function isPlainObject(schema: JsonObject): boolean {
  const types = typeNames(schema);
  return types.length === 1 && types[0] === 'object' && !has(schema, combinators);
}

function requiredNames(schema: JsonObject): Set<string> {
  const required = keyword(schema, 'required');
  const names = Array.isArray(required) ? required : [];
  return new Set(names.filter((name): name is string => typeof name === 'string'));
}

function list(schema: JsonObject, name: string): readonly unknown[] | undefined {
  const value = keyword(schema, name);
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

class Translation {
  readonly #root: JsonObject;
  readonly #request: TypeRequest;
  /** By pointer, in the order in which they are declared. */
  readonly #named = new Map<string, NamedType>();
  #schemasLeft = maxSchemas;
  #lengthLeft: number;

  constructor(root: JsonObject, request: TypeRequest) {
    this.#root = root;
    this.#request = request;
    this.#lengthLeft = request.maxLength;
    this.#named.set('', { name: request.name, schema: root, state: 'waiting', source: '' });
    request.taken.add(request.name);
  }

  run(): DeclaredTypes {
    // Translating one may name others: a Map's iterator comes to those as well.
    for (const named of this.#named.values()) this.#declare(named);
    const plain = isPlainObject(this.#root);
    return {
      declarations: Array.from(this.#named.values(), (named) => named.source).join('\n'),
      acceptsEmptyObject: plain && requiredNames(this.#root).size === 0,
    };
  }

  #declare(named: NamedType, depth = 0): void {
    if (named.state !== 'waiting') return;
    named.state = 'open';
    const place = { indent: '', depth, guarded: false };
    const doc = docComment(schemaDoc(named.schema));
    this.#spend(doc);
    if (isPlainObject(named.schema)) {
      const body = this.#object(named.schema, place).text;
      named.source = `${doc}export interface ${named.name} ${body}\n`;
    } else {
      const type = this.#translate(named.schema, place);
      const isParams = this.#request.isParams && named.schema === this.#root;
      const text = isParams && !type.object ? asObject(type) : type.text;
      named.source = `${doc}export type ${named.name} = ${text};\n`;
    }
    named.state = 'done';
  }

  #spend(text: string): void {
    this.#lengthLeft -= text.length;
  }

  get #exhausted(): boolean {
    return this.#schemasLeft <= 0 || this.#lengthLeft <= 0;
  }

  #translate(schema: unknown, place: Place): TypeText {
    if (schema === false) return atom('never');
    if (!isJsonObject(schema)) return unknownType;
    if (this.#exhausted) return widened('the schema is too large');
    if (place.depth > maxDepth) return widened('nested too deeply');
    this.#schemasLeft--;
    const deeper = { ...place, depth: place.depth + 1 };
    const parts: TypeText[] = [];

    const ref = keyword(schema, '$ref');
    if (typeof ref === 'string') parts.push(this.#reference(ref, deeper));
    for (const part of list(schema, 'allOf') ?? []) parts.push(this.#translate(part, deeper));
    for (const name of ['anyOf', 'oneOf']) {
      const choices = list(schema, name);
      if (choices !== undefined) {
        parts.push(union(choices.map((choice) => this.#translate(choice, deeper))));
      }
    }
    // `type: 'object'` alone adds nothing to what a combinator says but an index signature.
    const says = ['enum', 'const', ...objectKeywords];
    const redundant = keyword(schema, 'type') === 'object' && !has(schema, says);
    if (!redundant || parts.every((part) => part.top)) parts.unshift(this.#base(schema, place));
    const type = intersection(parts);
    return keyword(schema, 'nullable') === true ? union([type, atom('null')]) : type;
  }

  /** What `const`, `enum` or `type` say. */
  #base(schema: JsonObject, place: Place): TypeText {
    if (Object.hasOwn(schema, 'const')) return this.#literal(schema.const);
    const values = keyword(schema, 'enum');
    if (Array.isArray(values)) {
      if (values.length > maxEnumValues) return widened(`one of ${values.length} values`);
      return union(values.map((value) => this.#literal(value)));
    }
    const types = typeNames(schema).map((type) => this.#ofType(type, schema, place));
    return types.length === 0 ? unknownType : union(types);
  }

  #literal(value: unknown): TypeText {
    this.#schemasLeft--;
    if (this.#exhausted) return widened('the schema is too large');
    const type = literalType(value);
    this.#spend(type.text);
    return type;
  }

  #ofType(type: unknown, schema: JsonObject, place: Place): TypeText {
    switch (type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return atom(type);
      case 'integer':
        return atom('number');
      case 'array':
        return this.#array(schema, place);
      case 'object':
        return this.#object(schema, place);
      default:
        return unknownType;
    }
  }

  #array(schema: JsonObject, place: Place): TypeText {
    const inside = { ...place, depth: place.depth + 1, guarded: true };
    const items = keyword(schema, 'items');
    const isDraft7Tuple = Array.isArray(items);
    const prefix = list(schema, isDraft7Tuple ? 'items' : 'prefixItems');
    const rest = isDraft7Tuple ? keyword(schema, 'additionalItems') : items;
    if (prefix === undefined) {
      return atom(`${operand(this.#translate(isDraft7Tuple ? rest : items, inside))}[]`, {
        object: true,
      });
    }
    // Schemas rarely say that a tuple is complete; its elements are optional only if they do.
    const minItems = keyword(schema, 'minItems');
    const required = typeof minItems === 'number' ? minItems : prefix.length;
    const elements = prefix.map((element, index) => {
      const type = operand(this.#translate(element, inside));
      return index < required ? type : `${type}?`;
    });
    if (isJsonObject(rest) || rest === true) {
      elements.push(`...${operand(this.#translate(rest, inside))}[]`);
    }
    return atom(`[${elements.join(', ')}]`, { object: true });
  }

  #object(schema: JsonObject, place: Place): TypeText {
    const inside = { indent: `${place.indent}  `, depth: place.depth + 1, guarded: true };
    const properties = keyword(schema, 'properties');
    const declared = isJsonObject(properties) ? properties : {};
    const required = requiredNames(schema);
    const keys = [...new Set([...Object.keys(declared), ...required])];
    const additional = keyword(schema, 'additionalProperties');
    if (keys.length === 0) {
      const value =
        additional === false ? atom('never') : this.#translate(additional ?? true, inside);
      return atom(`{ [key: string]: ${value.text} }`, { object: true });
    }
    const lines: string[] = [];
    let open =
      additional === true || isJsonObject(additional) || has(schema, ['patternProperties']);
    for (const [index, key] of keys.entries()) {
      if (this.#exhausted) {
        lines.push(
          `${inside.indent}/* ${keys.length - index} more properties: the schema is too large */\n`,
        );
        open = true;
        break;
      }
      const property = keyword(declared, key);
      const doc = docComment(schemaDoc(property), inside.indent);
      const name = `${propertyKey(key)}${required.has(key) ? '' : '?'}`;
      this.#spend(doc + name);
      lines.push(`${doc}${inside.indent}${name}: ${this.#translate(property, inside).text};\n`);
    }
    // An index signature must fit every property beside it, and only `unknown` always does.
    if (open) lines.push(`${inside.indent}[key: string]: unknown;\n`);
    return atom(`{\n${lines.join('')}${place.indent}}`, { object: true });
  }

  #reference(ref: string, place: Place): TypeText {
    const found = resolveReference(this.#root, ref);
    if (found === undefined) return widened('refers outside this schema');
    if (!isJsonObject(found.target)) return this.#translate(found.target, place);
    const named = this.#named.get(found.pointer) ?? this.#name(found, found.target);
    if (isPlainObject(named.schema)) return atom(named.name, { object: true });
    if (!place.guarded) {
      // A type alias may not refer to itself except from inside an object or array type.
      if (named.state === 'open') return widened('refers to itself');
      this.#declare(named, place.depth);
    }
    return atom(named.name, { width: unknownWidth });
  }

  #name(found: Reference, schema: JsonObject): NamedType {
    const { name: rootName, taken } = this.#request;
    const stem = rootName + typeStem(found.label).slice(0, 64);
    let name = stem;
    for (let number = this.#named.size; taken.has(name); number++) name = `${stem}_${number}`;
    taken.add(name);
    this.#spend(name);
    const named: NamedType = { name, schema, state: 'waiting', source: '' };
    this.#named.set(found.pointer, named);
    return named;
  }
}

function asObject(type: TypeText): string {
  if (type.top) return '{ [key: string]: unknown }';
  return `object & ${operand(type)}`;
}
