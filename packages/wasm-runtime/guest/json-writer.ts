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
  assign,
  create,
  ErrorClass,
  isArray,
  isFiniteNumber,
  keys,
  NativeDate,
  objectToString,
  setPrototypeOf,
  slice,
  stringify,
  TypeErrorClass,
  toText,
} from './intrinsics.ts';

/** A longer text is written in pieces: JSON.stringify takes 68 bytes of memory a character. */
const pieceChars = 1_024;

/** Thrown when the value is nested deeper than `maxDepth`. */
export const tooDeep = { tooDeep: true };
/** Thrown when the text has passed the bound that was given. */
export const tooLarge = { tooLarge: true };

// Saved and restored by `toJson`, because a getter or `toJSON` of the program may call it again.
let bound = 0;
/** Characters that the text will have at least. */
let seen = 0;
let hasLongText = false;
type Key = string | number | undefined;

interface Place {
  readonly value: unknown;
  /** Undefined for the root. */
  readonly key: Key;
  readonly above: Place | undefined;
}
// The values from the root to the current one, and the property names between them.
let ancestors: Place | undefined;

function count(chars: number): void {
  seen += chars;
  if (seen > bound) throw tooLarge;
}

function path(place: Place | undefined): string {
  let steps = '';
  for (let node = place; node !== undefined; node = node.above) {
    const { key } = node;
    if (typeof key === 'number') steps = `[${key}]${steps}`;
    else if (key !== undefined) steps = `.${key}${steps}`;
  }
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

function refuseAt(what: string, key: Key, remedy: string): never {
  return refuse(what, { value: undefined, key, above: ancestors }, remedy);
}

function copyPrimitive(value: unknown, key: Key): unknown {
  // Not a switch, which would compare the names of types as texts.
  if (typeof value === 'string') {
    count(value.length + 2);
    if (value.length > pieceChars) hasLongText = true;
    return value;
  }
  if (typeof value === 'number') {
    if (value - value !== 0) refuseAt(toText(value), key, 'use null or a text instead.');
    count(1);
    return value;
  }
  if (typeof value === 'bigint') {
    return refuseAt('A BigInt', key, 'convert it with String(value) or Number(value).');
  }
  if (typeof value === 'symbol') refuseAt('A symbol', key, 'use its description instead.');
  if (typeof value === 'function') refuseAt('A function', key, 'call it, or leave it out.');
  count(4);
  return value ?? null;
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

function copyArray(value: readonly unknown[], depth: number): unknown {
  // Without a prototype, whose setters and `toJSON` would be the program's.
  const copy: unknown[] = setPrototypeOf([], null);
  for (let index = 0; index < value.length; index++) {
    if (index > 0) count(1);
    copy[index] = copyValue(value[index], index, depth + 1);
  }
  return copy;
}

function copyProperties(value: object, depth: number): unknown {
  // Reads each property once, getters included.
  const copy: Record<string, unknown> = assign(create(null), value);
  const names = keys(copy);
  const { length } = names;
  let chars = 0;
  for (let index = 0; index < length; index++) {
    const name = names[index] as string;
    const property = copy[name];
    if (property === undefined) continue;
    chars += name.length + 3;
    if (typeof property === 'string') {
      chars += property.length + 2;
      if (property.length > pieceChars) hasLongText = true;
    } else if (typeof property === 'object') {
      copy[name] = copyValue(property, name, depth + 1);
    } else {
      copyPrimitive(property, name);
    }
    if (name.length > pieceChars) hasLongText = true;
  }
  count(chars);
  return copy;
}

function copyObject(value: object, key: Key, depth: number): unknown {
  if (depth >= maxDepth) {
    const cycle = findCycle({ value, key, above: ancestors });
    if (cycle === undefined) throw tooDeep;
    refuse('A cycle', cycle, 'return a copy without the reference back.');
  }
  const list = isArray(value);
  const tag = list ? '' : objectToString(value);
  if (!list && tag !== '[object Object]') {
    const remedy = isTypedArray(tag)
      ? 'use [...array] or Base64 text.'
      : isIterator(tag)
        ? 'use [...iterator].'
        : remedies[tag];
    if (remedy !== undefined) refuseAt(`A ${slice(tag, 8, tag.length - 1)}`, key, remedy);
    if (boxed[tag] === true) {
      return copyPrimitive((value as { valueOf(): unknown }).valueOf(), key);
    }
    if (value instanceof ErrorClass) {
      return copyObject({ name: toText(value.name), message: toText(value.message) }, key, depth);
    }
  }
  count(2);
  ancestors = { value, key, above: ancestors };
  const copy = list ? copyArray(value, depth) : copyProperties(value, depth);
  ancestors = ancestors.above;
  return copy;
}

/** What of `value` crosses, as objects without prototypes, arrays and primitives; read once. */
function copyValue(value: unknown, key: Key, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return copyPrimitive(value, key);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return copyObject(value, key, depth);
  if (value instanceof NativeDate && !isFiniteNumber(+value)) {
    return refuseAt('An invalid Date', key, 'check it with Number.isNaN(date.getTime()).');
  }
  const replaced = (value as { toJSON(key: string): unknown }).toJSON(
    key === undefined ? '' : toText(key),
  );
  if (typeof replaced !== 'object' || replaced === null) return copyPrimitive(replaced, key);
  return copyObject(replaced, key, depth);
}

function textInPieces(value: string): string {
  let text = '"';
  for (let from = 0; from < value.length; from += pieceChars) {
    const quoted = stringify(slice(value, from, from + pieceChars));
    text += slice(quoted, 1, quoted.length - 1);
  }
  return `${text}"`;
}

/** As JSON.stringify, of a copy that has long texts. */
function inPieces(copy: unknown): string {
  if (typeof copy === 'string' && copy.length > pieceChars) return textInPieces(copy);
  if (typeof copy !== 'object' || copy === null) return stringify(copy);
  let text = '';
  if (isArray(copy)) {
    for (let index = 0; index < copy.length; index++) {
      text += (index === 0 ? '' : ',') + inPieces(copy[index]);
    }
    return `[${text}]`;
  }
  const names = keys(copy);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const property = (copy as Record<string, unknown>)[name];
    if (property === undefined) continue;
    text += `${(text === '' ? '' : ',') + inPieces(name)}:${inPieces(property)}`;
  }
  return `{${text}}`;
}

/**
 * `value` as JSON text of at most `maxChars` characters.
 * @throws tooDeep, tooLarge, or a TypeError that names the place and the remedy
 */
export function toJson(value: unknown, maxChars: number): string {
  const saved = { bound, seen, hasLongText, ancestors };
  bound = maxChars;
  seen = 0;
  hasLongText = false;
  ancestors = undefined;
  try {
    const copy = copyValue(value, undefined, 0);
    const text = hasLongText ? inPieces(copy) : stringify(copy);
    if (text.length > maxChars) throw tooLarge;
    return text;
  } finally {
    ({ bound, seen, hasLongText, ancestors } = saved);
  }
}
