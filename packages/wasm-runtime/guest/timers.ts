/** Timers are host calls; what their callbacks throw ends the run. */
import { cancel, requestCallback } from './host.ts';
import { create, nativeQueueMicrotask, TypeErrorClass, toNumber, toText } from './intrinsics.ts';
import { type Callback, callBack } from './uncaught.ts';

/** The open host call of each timer that is set. */
const live: Record<number, number> = create(null);
let lastHandle = 0;

function arm(handle: number, callback: Callback, ms: number, args: unknown[], again: boolean) {
  live[handle] = requestCallback(['sleep', toText(ms)], () => {
    if (again) arm(handle, callback, ms, args, again);
    else delete live[handle];
    callBack(callback, undefined, args);
  });
}

function checked(callback: unknown, caller: string): Callback {
  if (typeof callback === 'function') return callback as Callback;
  throw new TypeErrorClass(`${caller} needs a function to call.`);
}

function set(callback: unknown, ms: unknown, args: unknown[], again: boolean): number {
  const known = checked(callback, 'A timer');
  const delay = toNumber(ms);
  const handle = ++lastHandle;
  // As in Node: at least 1 ms, so that an interval of 0 lets time pass.
  arm(handle, known, delay >= 1 ? delay : 1, args, again);
  return handle;
}

function clear(handle: unknown): void {
  const id = live[handle as number];
  if (id === undefined) return;
  delete live[handle as number];
  cancel(id);
}

export const timers = {
  setTimeout: (callback: unknown, ms?: unknown, ...args: unknown[]) =>
    set(callback, ms, args, false),
  setInterval: (callback: unknown, ms?: unknown, ...args: unknown[]) =>
    set(callback, ms, args, true),
  setImmediate(callback: unknown, ...args: unknown[]): number {
    const known = checked(callback, 'setImmediate');
    const handle = ++lastHandle;
    arm(handle, known, 0, args, false);
    return handle;
  },
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
  queueMicrotask(callback: unknown): void {
    const known = checked(callback, 'queueMicrotask');
    nativeQueueMicrotask(() => callBack(known, undefined, []));
  },
};
