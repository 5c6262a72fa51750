/**
 * The built-ins that the prelude uses, taken before any program runs. A program may replace
 * `JSON.stringify` or `Array.prototype` for itself; the prelude does not notice.
 */

const { bind, call } = Function.prototype;
const uncurryThis = bind.bind(call) as <This, Arguments extends readonly unknown[], Result>(
  method: (this: This, ...args: Arguments) => Result,
) => (self: This, ...args: Arguments) => Result;

export const { apply, construct } = Reflect;
export const {
  assign,
  create,
  defineProperty,
  getOwnPropertyDescriptor,
  is,
  keys,
  setPrototypeOf,
} = Object;
export const { isArray } = Array;
export const { parse, stringify } = JSON;
export const { isFinite: isFiniteNumber } = Number;
export const { isView } = ArrayBuffer;
export const { trunc } = Math;
export const [ErrorClass, TypeErrorClass, PromiseClass] = [Error, TypeError, Promise];
export const rejected = Promise.reject.bind(Promise) as (error: unknown) => Promise<never>;
export const [RangeErrorClass, DOMExceptionClass, NativeURL] = [RangeError, DOMException, URL];
export const [NativeDate, NativeMap, NativeSet] = [Date, Map, Set];
export const [NativeArrayBuffer, NativeUint8Array] = [ArrayBuffer, Uint8Array];
export const [NativeUint32Array, NativeFloat64Array] = [Uint32Array, Float64Array];
export const [toText, toNumber] = [String, Number];
export const nativeQueueMicrotask = queueMicrotask;

export const slice = uncurryThis(String.prototype.slice);
export const charCodeAt = uncurryThis(String.prototype.charCodeAt);
export const codePointAt = uncurryThis(String.prototype.codePointAt);
export const { fromCodePoint } = String;
export const includes = uncurryThis(String.prototype.includes);
export const repeat = uncurryThis(String.prototype.repeat);
export const toLowerCase = uncurryThis(String.prototype.toLowerCase);
export const toUpperCase = uncurryThis(String.prototype.toUpperCase);
export const isWellFormed = uncurryThis(String.prototype.isWellFormed);
export const numberToString = uncurryThis(Number.prototype.toString);
export const padEnd = uncurryThis(String.prototype.padEnd);
export const padStart = uncurryThis(String.prototype.padStart);
export const numberValue = uncurryThis(Number.prototype.valueOf) as (value: unknown) => number;
export const bigintValue = uncurryThis(BigInt.prototype.valueOf) as (value: unknown) => bigint;
export const dateValue = uncurryThis(Date.prototype.valueOf);
export const utc = {
  year: uncurryThis(Date.prototype.getUTCFullYear),
  month: uncurryThis(Date.prototype.getUTCMonth),
  date: uncurryThis(Date.prototype.getUTCDate),
  weekday: uncurryThis(Date.prototype.getUTCDay),
  hours: uncurryThis(Date.prototype.getUTCHours),
  minutes: uncurryThis(Date.prototype.getUTCMinutes),
  seconds: uncurryThis(Date.prototype.getUTCSeconds),
  milliseconds: uncurryThis(Date.prototype.getUTCMilliseconds),
};
export const dateToString = uncurryThis(Date.prototype.toString);
export const objectToString = uncurryThis(Object.prototype.toString);

function getter<Self, Value>(prototype: object, name: string): (self: Self) => Value {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) as { get(this: Self): Value };
  return uncurryThis(get);
}

export const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
export const setBytes = uncurryThis(typedArray.set) as (
  self: Uint8Array,
  from: Uint8Array,
  at: number,
) => void;
export const bufferOf = getter<Uint8Array, ArrayBuffer>(typedArray, 'buffer');
export const byteOffsetOf = getter<Uint8Array, number>(typedArray, 'byteOffset');
export const byteLengthOf = getter<Uint8Array, number>(typedArray, 'byteLength');

const bufferByteLength = getter<ArrayBuffer, number>(ArrayBuffer.prototype, 'byteLength');
const viewBuffer = getter<DataView, ArrayBuffer>(DataView.prototype, 'buffer');
const viewOffset = getter<DataView, number>(DataView.prototype, 'byteOffset');
const viewLength = getter<DataView, number>(DataView.prototype, 'byteLength');

/** The bytes of a buffer, or of a view on one. @throws TypeError for anything else */
export function bytesOf(data: unknown): Uint8Array {
  if (!isView(data)) {
    const buffer = data as ArrayBuffer;
    return new NativeUint8Array(buffer, 0, bufferByteLength(buffer));
  }
  let parts: [ArrayBuffer, number, number];
  try {
    const array = data as Uint8Array;
    parts = [bufferOf(array), byteOffsetOf(array), byteLengthOf(array)];
  } catch {
    const view = data as DataView;
    parts = [viewBuffer(view), viewOffset(view), viewLength(view)];
  }
  return new NativeUint8Array(parts[0], parts[1], parts[2]);
}

export const ErrorPrototype = Error.prototype;
export const nativeStack = getter<object, unknown>(ErrorPrototype, 'stack');
export const { captureStackTrace } = Error as typeof Error & {
  captureStackTrace(target: object, above?: unknown): void;
};
export const exec = uncurryThis(RegExp.prototype.exec);

export const weakGet = uncurryThis(WeakMap.prototype.get);
export const weakSet = uncurryThis(WeakMap.prototype.set);

// A byte order mark is part of the text: a file must come in as it is.
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decodeWith = uncurryThis(textDecoder.decode);
export const decode = (bytes: Uint8Array): string => decodeWith(textDecoder, bytes);

const textEncoder = new TextEncoder();
const encodeIntoWith = uncurryThis(textEncoder.encodeInto);
export const encodeInto = (text: string, into: Uint8Array) =>
  encodeIntoWith(textEncoder, text, into);

/** Ends the step with a trap that no program can catch: this engine has no clock to read. */
export const trap = performance.now.bind(performance) as () => never;

export const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: string[]
) => (...args: unknown[]) => Promise<unknown>;
