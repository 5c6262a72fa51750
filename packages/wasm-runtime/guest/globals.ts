/** Replaces what the bare engine gets wrong: clock, random numbers, timers, console, network. */
import type { StartOptions } from '../src/wire.ts';
import { cancel, coded, hostFunctions, requestCallback } from './host.ts';
import {
  apply,
  bufferOf,
  byteLengthOf,
  byteOffsetOf,
  construct,
  create,
  dateToString,
  defineProperty,
  ErrorClass,
  isView,
  NativeDate,
  NativeUint8Array,
  numberToString,
  PromiseClass,
  padStart,
  TypeErrorClass,
  toNumber,
  toText,
} from './intrinsics.ts';
import { console, log } from './log.ts';
import { type Random, seeded } from './random.ts';

let now = 0;
let startedAt = 0;
let random: Random = seeded([1, 2, 3, 4]);

/** The clock stands still within a step. */
export function setClock(milliseconds: number): void {
  now = milliseconds;
}

export function configure(options: StartOptions): void {
  startedAt = now;
  reseed(options.seed);
}

/** Random numbers follow from `seed` from now on. */
export function reseed(seed: StartOptions['seed']): void {
  random = seeded(seed);
}

/** What a callback of a timer threw; it ends the run. */
let onUncaught: (error: unknown) => void = () => {};
export function setUncaughtHandler(handler: typeof onUncaught): void {
  onUncaught = handler;
}

function DateReplacement(this: unknown, ...args: unknown[]): unknown {
  if (new.target === undefined) return dateToString(new NativeDate(now));
  return construct(NativeDate, args.length === 0 ? [now] : args, new.target);
}

function replaceDate(): void {
  const { prototype } = NativeDate;
  defineProperty(DateReplacement, 'prototype', { value: prototype, writable: false });
  defineProperty(DateReplacement, 'name', { value: 'Date' });
  defineProperty(DateReplacement, 'length', { value: 7 });
  hidden(DateReplacement, { now: () => now, parse: NativeDate.parse, UTC: NativeDate.UTC });
  hidden(prototype, { constructor: DateReplacement });
  hidden(globalThis, { Date: DateReplacement });
}

function hidden(target: object, properties: Record<string, unknown>): void {
  for (const name of Object.keys(properties)) {
    defineProperty(target, name, {
      value: properties[name],
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
}

function timers() {
  type Callback = (...args: unknown[]) => unknown;
  const live: Record<number, number> = create(null);
  let lastHandle = 0;
  const arm = (handle: number, callback: Callback, ms: number, args: unknown[], again: boolean) => {
    const id = requestCallback(['sleep', toText(ms)], () => {
      if (again) arm(handle, callback, ms, args, again);
      else delete live[handle];
      try {
        apply(callback, undefined, args);
      } catch (error) {
        onUncaught(error);
      }
    });
    live[handle] = id;
  };
  const set =
    (again: boolean) =>
    (callback: unknown, ms?: unknown, ...args: unknown[]) => {
      if (typeof callback !== 'function')
        throw new TypeErrorClass('A timer needs a function to call.');
      const delay = toNumber(ms);
      const handle = ++lastHandle;
      // As in Node: at least 1 ms, so that an interval of 0 lets time pass.
      arm(handle, callback as Callback, delay >= 1 ? delay : 1, args, again);
      return handle;
    };
  const clear = (handle: unknown) => {
    const id = live[handle as number];
    if (id === undefined) return;
    delete live[handle as number];
    cancel(id);
  };
  return {
    setTimeout: set(false),
    setInterval: set(true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

function hex(value: number): string {
  return padStart(numberToString(value, 16), 2, '0');
}

function randomUUID(): string {
  let text = '';
  for (let index = 0; index < 16; index++) {
    let byte = random.uint32() >>> 24;
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += hex(byte);
  }
  return text;
}

function getRandomValues<Target extends ArrayBufferView>(target: Target): Target {
  if (!isView(target)) throw new TypeErrorClass('getRandomValues needs a typed array.');
  const size = byteLengthOf(target as never);
  if (size > 65_536) throw new TypeErrorClass('getRandomValues fills at most 65,536 bytes.');
  const bytes = new NativeUint8Array(
    bufferOf(target as never),
    byteOffsetOf(target as never),
    size,
  );
  for (let index = 0; index < size; index++) bytes[index] = random.uint32() >>> 24;
  return target;
}

/** An error for what a program may expect from other hosts and does not have here. */
function unavailable(name: string, instead: string): Error {
  return coded(
    new ErrorClass(`${name} is not available in the sandbox: ${instead}`),
    'UNAVAILABLE_IN_SANDBOX',
  );
}

export function importModule(specifier: unknown): Promise<never> {
  return PromiseClass.reject(
    unavailable(
      `import(${toText(specifier)})`,
      'import at the top of the program, with a fixed path.',
    ),
  );
}

/**
 * The bindings around the prelude copy each message with `slice` of an ArrayBuffer that is all of
 * linear memory. A program that could replace what they call there would get hold of it.
 */
export function lockBindings(): void {
  for (const [owner, key] of [
    [ArrayBuffer.prototype, 'slice'],
    [ArrayBuffer.prototype, 'constructor'],
    [ArrayBuffer, Symbol.species],
  ] as const) {
    const found = Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor;
    const fixed = 'value' in found ? { writable: false } : {};
    defineProperty(owner, key, { ...found, ...fixed, configurable: false });
  }
}

/** Puts everything in place; called once, while the engine is being built. */
export function installGlobals(): void {
  replaceDate();
  hidden(Math, { random: () => random.fraction() });
  hidden(globalThis, {
    ...hostFunctions,
    ...timers(),
    log,
    console,
    args: undefined,
    crypto: { getRandomValues, randomUUID },
    performance: {
      now: () => now - startedAt,
      get timeOrigin() {
        return startedAt;
      },
    },
    fetch: () => PromiseClass.reject(unavailable('fetch', 'call a tool of a server instead.')),
  });
  hidden(AbortSignal, {
    timeout(ms: number) {
      const controller = new AbortController();
      setTimeout(
        () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')),
        ms,
      );
      return controller.signal;
    },
  });
  // Parts of a service worker's scope that mean nothing here, or trap the engine.
  for (const name of [
    'addEventListener',
    'removeEventListener',
    'dispatchEvent',
    'location',
    'WorkerLocation',
    'Performance',
    'Crypto',
    'CryptoKey',
    'SubtleCrypto',
    'Request',
    'Response',
  ]) {
    Reflect.deleteProperty(globalThis, name);
  }
}
