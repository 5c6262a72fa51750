import { apply } from './intrinsics.ts';

export type Callback = (...args: unknown[]) => unknown;

let onUncaught: (error: unknown) => void = () => {};

/** `handler` ends the run with what a callback threw that nobody awaits. */
export function setUncaughtHandler(handler: typeof onUncaught): void {
  onUncaught = handler;
}

/** Calls a callback of a timer, a microtask or an event. */
export function callBack(callback: Callback, self: unknown, args: readonly unknown[]): void {
  try {
    apply(callback, self, args);
  } catch (error) {
    onUncaught(error);
  }
}
