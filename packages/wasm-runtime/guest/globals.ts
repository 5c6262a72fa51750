/** What a program finds: the language, the web interfaces that work here, and the host functions. */
import type { StartOptions } from '../src/wire.ts';
import { performance, replaceDate, startClock } from './clock.ts';
import { console } from './console.ts';
import { crypto, randomFraction, reseed } from './crypto.ts';
import { AbortController, AbortSignal, CustomEvent, Event, EventTarget } from './events.ts';
import { hostFunctions, unavailable } from './host.ts';
import { defineProperty, NativeURL, PromiseClass, toText } from './intrinsics.ts';
import { replaceLocale } from './locale.ts';
import { log } from './log.ts';
import { hidden } from './properties.ts';
import { replaceStack } from './stack.ts';
import { timers } from './timers.ts';

/**
 * What the engine has beyond ECMAScript and works here. The rest belongs to a service worker, ends
 * the whole run when it is used, or shows the clock of the build.
 */
const webInterfaces = [
  'DOMException',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'atob',
  'btoa',
  'structuredClone',
];

/** In the order in which the engine defines them, the last global that is ECMAScript's. */
const lastOfTheLanguage = 'AsyncDisposableStack';

export function configure(options: StartOptions): void {
  startClock();
  reseed(options.seed);
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

function parseUrl(url: unknown, base?: unknown): URL | null {
  try {
    return new NativeURL(url, base);
  } catch {
    return null;
  }
}

/** Puts everything in place; called once, while the engine is being built. */
export function installGlobals(): void {
  const names = Object.getOwnPropertyNames(globalThis);
  for (const name of names.slice(names.indexOf(lastOfTheLanguage) + 1)) {
    if (!webInterfaces.includes(name)) Reflect.deleteProperty(globalThis, name);
  }
  replaceDate();
  replaceLocale();
  replaceStack();
  hidden(Math, { random: randomFraction });
  hidden(NativeURL, {
    parse: parseUrl,
    canParse: (url: unknown, base?: unknown) => parseUrl(url, base) !== null,
  });
  Reflect.deleteProperty(NativeURL, 'createObjectURL');
  Reflect.deleteProperty(NativeURL, 'revokeObjectURL');
  hidden(globalThis, {
    ...hostFunctions,
    ...timers,
    log,
    console,
    args: undefined,
    crypto,
    performance,
    AbortController,
    AbortSignal,
    CustomEvent,
    Event,
    EventTarget,
    fetch: () => PromiseClass.reject(unavailable('fetch', 'call a tool of a server instead.')),
  });
}
