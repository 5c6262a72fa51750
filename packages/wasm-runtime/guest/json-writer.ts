/**
 * Turns a value into JSON text, or says what in it cannot cross.
 *
 * As in JSON: properties that are undefined are left out, undefined in an array becomes null, -0
 * becomes 0, `toJSON` is called (a Date becomes its ISO text). Beyond JSON: an Error becomes
 * `{ name, message }`. Refused, because JSON would lose them silently: NaN, Infinity, BigInt,
 * functions, symbols, Map, Set, promises, typed arrays and other built-in objects without a JSON
 * form, cycles.
 */
import { maxDepth } from '../../core/src/limits.ts';
import {
  ErrorClass,
  isArray,
  isFiniteNumber,
  keys,
  NativeDate,
  objectToString,
  slice,
  stringify,
  TypeErrorClass,
  toText,
} from './intrinsics.ts';

/** A longer string is written in pieces: JSON.stringify takes 68 bytes of memory a character. */
const pieceChars = 1_024;

/** Thrown when the value is nested deeper than `maxDepth`. */
export const tooDeep = { tooDeep: true };
/** Thrown when the text has passed the bound that was given. */
export const tooLarge = { tooLarge: true };

// Saved and restored by `toJson`, because a getter or `toJSON` of the program may call it again.
let text = '';
let bound = 0;
interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly above: Place | undefined;
}
// The values from the root to the current one, and the property names between them.
let ancestors: Place | undefined;

function add(more: string): void {
  text += more;
  if (text.length > bound) throw tooLarge;
}

function path(place: Place | undefined): string {
  let steps = '';
  for (let node = place; node !== undefined; node = node.above) steps = node.key + steps;
  return `$${steps}`;
}

/** The first place, from the root down, whose value contains itself. */
function findCycle(place: Place | undefined): Place | undefined {
  if (place === undefined) return undefined;
  const found = findCycle(place.above);
  if (found !== undefined) return found;
  for (let node = place.above; node !== undefined; node = node.above) {
    if (node.value === place.value) return place;
  }
  return undefined;
}

function refuse(what: string, place: Place | undefined, remedy: string): never {
  throw new TypeErrorClass(`${what} at ${path(place)} cannot leave the sandbox as JSON: ${remedy}`);
}

function refuseAt(what: string, key: string, remedy: string): never {
  return refuse(what, { value: undefined, key, above: ancestors }, remedy);
}

function writeString(value: string): void {
  if (value.length <= pieceChars) return add(stringify(value));
  add('"');
  for (let from = 0; from < value.length; from += pieceChars) {
    const quoted = stringify(slice(value, from, from + pieceChars));
    add(slice(quoted, 1, quoted.length - 1));
  }
  add('"');
}

function writePrimitive(value: unknown, key: string): void {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!isFiniteNumber(value))
        return refuseAt(toText(value), key, 'use null or a text instead.');
      return add(stringify(value));
    case 'boolean':
      return add(value ? 'true' : 'false');
    case 'undefined':
      return add('null');
    case 'bigint':
      return refuseAt('A BigInt', key, 'convert it with String(value) or Number(value).');
    case 'symbol':
      return refuseAt('A symbol', key, 'use its description instead.');
    case 'function':
      return refuseAt('A function', key, 'call it, or leave it out.');
    default:
      return add('null');
  }
}

const remedies: Readonly<Record<string, string>> = {
  __proto__: null as never,
  '[object Map]': 'use Object.fromEntries(map) or [...map].',
  '[object Set]': 'use [...set].',
  '[object Promise]': 'await it first.',
  '[object WeakMap]': 'it cannot be listed.',
  '[object WeakSet]': 'it cannot be listed.',
  '[object WeakRef]': 'use its target.',
  '[object RegExp]': 'use its source.',
  '[object ArrayBuffer]': 'use [...new Uint8Array(buffer)] or Base64 text.',
  '[object DataView]': 'use [...new Uint8Array(view.buffer)] or Base64 text.',
  '[object Generator]': 'use [...generator].',
  '[object Iterator Helper]': 'use [...iterator].',
  '[object URLSearchParams]': 'use its toString() or Object.fromEntries(params).',
  '[object Headers]': 'use Object.fromEntries(headers).',
  '[object FormData]': 'use Object.fromEntries(form).',
  '[object Blob]': 'await its text().',
  '[object File]': 'await its text().',
  '[object AsyncGenerator]': 'collect its values first.',
};

const boxed: Readonly<Record<string, true>> = {
  __proto__: null as never,
  '[object Number]': true,
  '[object String]': true,
  '[object Boolean]': true,
  '[object BigInt]': true,
  '[object Symbol]': true,
};

/** The iterator of a built-in, which has no properties of its own. */
function isIterator(tag: string): boolean {
  return slice(tag, tag.length - 10, tag.length) === ' Iterator]';
}

function isTypedArray(tag: string): boolean {
  return slice(tag, tag.length - 6, tag.length) === 'Array]' && tag !== '[object Array]';
}

function writeObject(value: object, key: string, depth: number): void {
  if (depth >= maxDepth) {
    const cycle = findCycle({ value, key, above: ancestors });
    if (cycle === undefined) throw tooDeep;
    refuse('A cycle', cycle, 'return a copy without the reference back.');
  }
  if (isArray(value)) {
    ancestors = { value, key, above: ancestors };
    add('[');
    for (let index = 0; index < value.length; index++) {
      if (index > 0) add(',');
      writeValue(value[index], `[${index}]`, depth + 1);
    }
    ancestors = ancestors.above;
    return add(']');
  }
  const tag = objectToString(value);
  if (tag !== '[object Object]') {
    const remedy = isTypedArray(tag)
      ? 'use [...array] or Base64 text.'
      : isIterator(tag)
        ? 'use [...iterator].'
        : remedies[tag];
    if (remedy !== undefined) refuseAt(`A ${slice(tag, 8, tag.length - 1)}`, key, remedy);
    if (boxed[tag] === true) {
      return writePrimitive((value as { valueOf(): unknown }).valueOf(), key);
    }
    if (value instanceof ErrorClass) {
      return writeObject({ name: toText(value.name), message: toText(value.message) }, key, depth);
    }
  }
  ancestors = { value, key, above: ancestors };
  add('{');
  const names = keys(value);
  let first = true;
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const property = (value as Record<string, unknown>)[name];
    if (property === undefined) continue;
    add(first ? `${stringify(name)}:` : `,${stringify(name)}:`);
    first = false;
    writeValue(property, `.${name}`, depth + 1);
  }
  ancestors = ancestors.above;
  add('}');
}

function writeValue(value: unknown, key: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return writePrimitive(value, key);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return writeObject(value, key, depth);
  if (value instanceof NativeDate && !isFiniteNumber(+value)) {
    return refuseAt('An invalid Date', key, 'check it with Number.isNaN(date.getTime()).');
  }
  const replaced = (value as { toJSON(key: string): unknown }).toJSON(key);
  if (typeof replaced !== 'object' || replaced === null) return writePrimitive(replaced, key);
  return writeObject(replaced, key, depth);
}

/**
 * `value` as JSON text of at most `maxChars` characters.
 * @throws tooDeep, tooLarge, or a TypeError that names the place and the remedy
 */
export function toJson(value: unknown, maxChars: number): string {
  const saved = { text, bound, ancestors };
  text = '';
  bound = maxChars;
  ancestors = undefined;
  try {
    writeValue(value, '', 0);
    return text;
  } finally {
    ({ text, bound, ancestors } = saved);
  }
}
