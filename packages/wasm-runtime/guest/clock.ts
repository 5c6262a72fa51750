/** The clock of the run: an input of each step, and still within it. */
import { construct, dateToString, defineProperty, NativeDate } from './intrinsics.ts';
import { hidden } from './properties.ts';

let now = 0;
let startedAt = 0;

export function setClock(milliseconds: number): void {
  now = milliseconds;
}

export function startClock(): void {
  startedAt = now;
}

/** Milliseconds since the run began. */
export const elapsed = (): number => now - startedAt;

export const performance = {
  now: elapsed,
  get timeOrigin() {
    return startedAt;
  },
};

function DateReplacement(this: unknown, ...args: unknown[]): unknown {
  if (new.target === undefined) return dateToString(new NativeDate(now));
  return construct(NativeDate, args.length === 0 ? [now] : args, new.target);
}

export function replaceDate(): void {
  const { prototype } = NativeDate;
  defineProperty(DateReplacement, 'prototype', { value: prototype, writable: false });
  defineProperty(DateReplacement, 'name', { value: 'Date' });
  defineProperty(DateReplacement, 'length', { value: 7 });
  hidden(DateReplacement, { now: () => now, parse: NativeDate.parse, UTC: NativeDate.UTC });
  hidden(prototype, { constructor: DateReplacement });
  hidden(globalThis, { Date: DateReplacement });
}
