/**
 * The locale-sensitive methods, which the engine has only as stubs. There is one locale, en-US, and
 * one time zone, UTC: a locale that is asked for is ignored, another time zone is refused.
 */
import { compareText } from './collation.ts';
import {
  bigintValue,
  dateValue,
  is,
  NativeDate,
  numberValue,
  TypeErrorClass,
  toText,
  typedArray,
} from './intrinsics.ts';
import { dateText } from './locale-date.ts';
import { numberText } from './locale-number.ts';
import { normalize } from './normalization.ts';
import { hidden } from './properties.ts';

/** As the language's own, but the locales and options reach the elements. */
function listText(this: ArrayLike<unknown>, locales?: unknown, options?: unknown): string {
  let text = '';
  for (let index = 0; index < this.length; index++) {
    const value = this[index] as { toLocaleString(...args: unknown[]): unknown } | null | undefined;
    if (index > 0) text += ',';
    if (value !== null && value !== undefined)
      text += toText(value.toLocaleString(locales, options));
  }
  return text;
}

function textOf(value: unknown, method: string): string {
  if (value !== null && value !== undefined) return toText(value);
  throw new TypeErrorClass(`String.prototype.${method} called on null or undefined.`);
}

export function replaceLocale(): void {
  hidden(Number.prototype, {
    toLocaleString(this: unknown, _locales?: unknown, options?: unknown) {
      const value = numberValue(this);
      return numberText(is(value, -0) ? '-0' : toText(value), options);
    },
  });
  hidden(BigInt.prototype, {
    toLocaleString(this: unknown, _locales?: unknown, options?: unknown) {
      return numberText(toText(bigintValue(this)), options);
    },
  });
  hidden(NativeDate.prototype, {
    toLocaleString(this: Date, _locales?: unknown, options?: unknown) {
      return dateText(dateValue(this), 'any', options);
    },
    toLocaleDateString(this: Date, _locales?: unknown, options?: unknown) {
      return dateText(dateValue(this), 'date', options);
    },
    toLocaleTimeString(this: Date, _locales?: unknown, options?: unknown) {
      return dateText(dateValue(this), 'time', options);
    },
  });
  hidden(String.prototype, {
    localeCompare(this: unknown, that: unknown, _locales?: unknown, options?: unknown) {
      return compareText(textOf(this, 'localeCompare'), toText(that), options);
    },
    normalize(this: unknown, form: unknown = 'NFC') {
      return normalize(textOf(this, 'normalize'), toText(form));
    },
  });
  hidden(Array.prototype, { toLocaleString: listText });
  hidden(typedArray, { toLocaleString: listText });
}
