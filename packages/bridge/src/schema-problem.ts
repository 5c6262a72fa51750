import type { OutputUnit } from '@cfworker/json-schema';
import {
  closest,
  didYouMean,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  plainText,
} from '@org/core';
import { capText } from './redact.ts';

const shownProblems = 5;
const shownCharacters = 120;
const comparedNames = 200;

/** Keywords whose error only says that one below it failed. */
export const wrappers = new Set([
  '$ref',
  'allOf',
  'if',
  'properties',
  'items',
  'prefixItems',
  'additionalItems',
  'dependentSchemas',
  'dependencies',
]);

/** What was checked against what. */
export interface Checked {
  readonly schema: JsonObject;
  readonly value: JsonValue;
  /** What to call the value as a whole, such as `the parameters`. */
  readonly whole: string;
}

/** Up to 5 problems in words: where, what was expected, what was there. */
export function describeProblems(checked: Checked, errors: readonly OutputUnit[]): string {
  const lines = new Set<string>();
  let rest = 0;
  let branches: string | undefined;
  for (const error of errors) {
    // What the branches of a choice say in detail is noise: the choice itself is reported.
    if (branches !== undefined && error.keywordLocation.startsWith(branches)) continue;
    if (wrappers.has(error.keyword)) continue;
    branches = undefined;
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      branches = `${error.keywordLocation}/`;
    }
    if (lines.size < shownProblems) lines.add(describe(checked, error) ?? '');
    else rest++;
    lines.delete('');
  }
  const more = rest > 0 ? '; and more' : '';
  return `${[...lines].join('; ')}${more}.`;
}

function describe({ schema, value, whole }: Checked, error: OutputUnit): string | undefined {
  const path = segments(error.instanceLocation);
  const here = path.length === 0 ? whole : shownPath(path);
  const actual = at(value, path);
  const keyword = schemaAt(schema, segments(error.keywordLocation));
  const holder = schemaAt(schema, segments(error.keywordLocation).slice(0, -1));
  switch (error.keyword) {
    case 'type':
      return `${here}: expected ${typeWords(keyword)}, got ${kindOf(actual)}`;
    case 'required': {
      const name = quoted(error.error);
      const wanted = isJsonObject(holder) ? own(own(holder, 'properties'), name) : undefined;
      const meant = misspelt(name, actual, own(holder, 'properties'));
      return `${shownPath([...path, name])}: missing, expected ${expectation(wanted)}${meant}`;
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      if (keyword !== false) return undefined; // What follows says why its schema did not fit.
      const name = quoted(error.error);
      const known = isJsonObject(holder) ? own(holder, 'properties') : undefined;
      const names = isJsonObject(known) ? Object.keys(known).slice(0, comparedNames) : [];
      const list =
        names.length === 0 ? '' : ` Known: ${names.slice(0, 20).map(shownName).join(', ')}`;
      return `${shownPath([...path, name])}: unknown property.${didYouMean(name, names)}${list}`;
    }
    case 'enum':
    case 'const':
      return `${here}: expected ${choices(keyword)}, got ${shownValue(actual)}`;
    case 'anyOf':
    case 'oneOf':
      return `${here}: expected ${alternatives(keyword ?? own(holder, 'oneOf'))}, got ${kindOf(actual)}`;
    case 'false':
      return undefined;
    default:
      if (Object.hasOwn(bounds, error.keyword) && typeof keyword === 'number') {
        const expected = bounds[error.keyword]?.replace('#', String(keyword));
        return `${here}: expected ${expected}, got ${sizeOf(actual)}`;
      }
      return `${here}: ${shown(error.error.replace(/\.$/, ''))}`;
  }
}

/** Bounds in words; `#` stands for the bound. */
export const bounds: Readonly<Record<string, string>> = {
  minimum: '# or more',
  maximum: '# or less',
  exclusiveMinimum: 'more than #',
  exclusiveMaximum: 'less than #',
  multipleOf: 'a multiple of #',
  minLength: 'at least # characters',
  maxLength: 'at most # characters',
  minItems: 'at least # items',
  maxItems: 'at most # items',
  minProperties: 'at least # properties',
  maxProperties: 'at most # properties',
};

function sizeOf(value: unknown): string {
  if (typeof value === 'string') return `${[...value].length}`;
  if (Array.isArray(value)) return `${value.length}`;
  return isJsonObject(value) ? `${Object.keys(value).length}` : shownValue(value);
}

/** Points out a property that was passed, is not known, and is spelt nearly like `name`. */
function misspelt(name: string, actual: unknown, properties: unknown): string {
  if (!isJsonObject(actual)) return '';
  const unknown = Object.keys(actual).filter((key) => own(properties, key) === undefined);
  const match = closest(name, unknown.slice(0, comparedNames));
  return match === undefined ? '' : ` (you passed ${shownName(match)})`;
}

/** The name that the validator put into its message between the first and the last quote. */
export function quoted(message: string): string {
  return message.slice(message.indexOf('"') + 1, message.lastIndexOf('"'));
}

export function segments(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => percentDecoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A `$ref` of the server's that is no URI.
  }
}

export function own(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(own, value);
}

/** What stands at a place of the schema; `$ref` in the place leads on to its target. */
export function schemaAt(schema: JsonObject, path: readonly string[]): unknown {
  let here: unknown = schema;
  for (const key of path) {
    here = own(here, key);
    if (key === '$ref' && typeof here === 'string') here = at(schema, segments(here));
  }
  return here;
}

function typeWords(type: unknown): string {
  const words: Record<string, string> = {
    null: 'null',
    array: 'an array',
    object: 'an object',
    integer: 'an integer',
    boolean: 'true or false',
    string: 'a string',
    number: 'a number',
  };
  const types = Array.isArray(type) ? type : [type];
  return types.map((name) => words[String(name)] ?? shown(String(name))).join(' or ');
}

function expectation(schema: unknown): string {
  if (!isJsonObject(schema)) return 'a value';
  if (Array.isArray(schema.enum)) return choices(schema.enum);
  return schema.type === undefined ? 'a value' : typeWords(schema.type);
}

export function alternatives(branches: unknown): string {
  if (!Array.isArray(branches)) return 'one of the allowed shapes';
  return [...new Set(branches.map(expectation))].slice(0, 8).join(' or ');
}

export function choices(values: unknown): string {
  if (!Array.isArray(values)) return shownValue(values);
  const some = values.slice(0, 10).map(shownValue).join(', ');
  return `one of ${some}${values.length > 10 ? ', …' : ''}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${shownValue(value)}`;
}

function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return kindOf(value);
  if (typeof value === 'string') return JSON.stringify(shown(value.slice(0, 1_000)));
  return String(value);
}

function shown(text: string): string {
  return capText(plainText(text.slice(0, 10_000)), shownCharacters);
}

function shownName(name: string): string {
  return JSON.stringify(shown(name));
}

function shownPath(path: readonly string[]): string {
  return shown(
    path.map((part) => (/^[\w$-]+$/.test(part) ? part : JSON.stringify(part))).join('.'),
  );
}
