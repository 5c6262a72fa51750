/**
 * `error.stack` as programs know it: the error, then a line for each of the program's own frames.
 * The engine's own text shows the prelude and the machine that built it.
 */
import {
  defineProperty,
  ErrorPrototype,
  exec,
  captureStackTrace as nativeCapture,
  nativeStack,
  toText,
  weakGet,
  weakSet,
} from './intrinsics.ts';
import { hidden } from './properties.ts';

/** Stacks in the engine's own form that are not in the error itself. */
const known = new WeakMap<object, string>();
/** Of each frame of the program: the function's name and its place. */
const frames = /(?:^|\n)(?:[^\n@]*[/*])?([^\n@/*]*)@(program\.js:\d+:\d+)(?=\n|$)/g;

/** The stack as the engine writes it (`name@file:line:column`), for the host. */
export function rawStack(error: object): string {
  return toText(weakGet(known, error) ?? nativeStack(error) ?? '');
}

export function setRawStack(error: object, stack: string): void {
  weakSet(known, error, stack);
}

function readable(error: { name?: unknown; message?: unknown }, stack: string): string {
  const message = toText(error.message ?? '');
  let text = `${toText(error.name ?? 'Error')}${message === '' ? '' : `: ${message}`}`;
  frames.lastIndex = 0;
  for (let match = exec(frames, stack); match !== null; match = exec(frames, stack)) {
    const name = match[1] as string;
    const place = match[2];
    // The engine writes `<` for a function without a name.
    const named = name !== '' && name !== 'anonymous' && name[name.length - 1] !== '<';
    text += named ? `\n    at ${name} (${place})` : `\n    at ${place}`;
  }
  return text;
}

export function replaceStack(): void {
  defineProperty(ErrorPrototype, 'stack', {
    get(this: object) {
      return readable(this, rawStack(this));
    },
    set(this: object, value: unknown) {
      defineProperty(this, 'stack', { value, writable: true, configurable: true });
    },
    enumerable: false,
    configurable: true,
  });
  hidden(Error, {
    captureStackTrace(target: object, above?: unknown): void {
      const holder: { stack?: unknown } = {};
      nativeCapture(holder, above);
      const stack = toText(holder.stack);
      setRawStack(target, stack);
      defineProperty(target, 'stack', {
        value: readable(target, stack),
        writable: true,
        configurable: true,
      });
    },
  });
}
