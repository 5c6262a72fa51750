/**
 * Events and abort signals. The engine's own end the whole run when a listener throws, and when
 * `AbortSignal.any` is given anything but signals.
 */
import { elapsed } from './clock.ts';
import { DOMExceptionClass, TypeErrorClass, toText } from './intrinsics.ts';
import { timers } from './timers.ts';
import { type Callback, callBack } from './uncaught.ts';

interface Listener {
  readonly type: string;
  readonly listener: Callback | { handleEvent?: Callback };
  readonly once: boolean;
  removed: boolean;
}

interface ListenerOptions {
  readonly once?: unknown;
  readonly signal?: AbortSignal;
}

interface EventOptions {
  readonly cancelable?: unknown;
  readonly detail?: unknown;
}

/** Sets what only a dispatch may set. */
let begin: (event: Event, target: EventTarget | null) => void;
let isStopped: (event: Event) => boolean;

export class Event {
  readonly #type: string;
  readonly #cancelable: boolean;
  readonly #timeStamp = elapsed();
  #target: EventTarget | null = null;
  #prevented = false;
  #stopped = false;

  static {
    begin = (event, target) => {
      event.#target = target;
    };
    isStopped = (event) => event.#stopped;
  }

  constructor(type: unknown, options?: EventOptions) {
    this.#type = toText(type);
    this.#cancelable = Boolean(options?.cancelable);
  }

  get type(): string {
    return this.#type;
  }
  get target(): EventTarget | null {
    return this.#target;
  }
  get currentTarget(): EventTarget | null {
    return this.#target;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }
  get cancelable(): boolean {
    return this.#cancelable;
  }
  get defaultPrevented(): boolean {
    return this.#prevented;
  }
  preventDefault(): void {
    if (this.#cancelable) this.#prevented = true;
  }
  /** Targets have no parents here, so this changes nothing. */
  stopPropagation(): void {}
  stopImmediatePropagation(): void {
    this.#stopped = true;
  }
}

export class CustomEvent extends Event {
  readonly #detail: unknown;

  constructor(type: unknown, options?: EventOptions) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }
}

/** Dispatches even where the program has replaced `dispatchEvent`. */
let dispatch: (target: EventTarget, event: Event) => void;

export class EventTarget {
  // Replaced with each change, so that a dispatch keeps to the list that it began with.
  #listeners: readonly Listener[] = [];

  static {
    dispatch = (target, event) => {
      begin(event, target);
      const listeners = target.#listeners;
      for (let index = 0; index < listeners.length && !isStopped(event); index++) {
        const entry = listeners[index] as Listener;
        if (entry.removed || entry.type !== event.type) continue;
        if (entry.once) target.#remove(entry);
        const { listener } = entry;
        if (typeof listener === 'function') callBack(listener, target, [event]);
        else callBack(() => listener.handleEvent?.(event), undefined, []);
      }
    };
  }

  addEventListener(type: unknown, listener: unknown, options?: ListenerOptions): void {
    if (listener === null || listener === undefined) return;
    if (typeof listener !== 'function' && typeof listener !== 'object') {
      throw new TypeErrorClass('addEventListener needs a function or an object to call.');
    }
    const entry: Listener = {
      type: toText(type),
      listener: listener as Listener['listener'],
      once: typeof options === 'object' && Boolean(options?.once),
      removed: false,
    };
    if (this.#find(entry.type, listener) !== undefined) return;
    const signal = typeof options === 'object' ? options?.signal : undefined;
    if (signal?.aborted) return;
    signal?.addEventListener('abort', () => this.#remove(entry), { once: true });
    this.#listeners = extended(this.#listeners, entry);
  }

  removeEventListener(type: unknown, listener: unknown): void {
    const entry = this.#find(toText(type), listener);
    if (entry !== undefined) this.#remove(entry);
  }

  dispatchEvent(event: Event): boolean {
    dispatch(this, event);
    return !event.defaultPrevented;
  }

  #find(type: string, listener: unknown): Listener | undefined {
    for (let index = 0; index < this.#listeners.length; index++) {
      const entry = this.#listeners[index] as Listener;
      if (entry.type === type && entry.listener === listener) return entry;
    }
    return undefined;
  }

  #remove(entry: Listener): void {
    entry.removed = true;
    this.#listeners = without(this.#listeners, entry);
  }
}

function without<Item>(list: readonly Item[], item: Item): Item[] {
  const copy: Item[] = [];
  for (let index = 0; index < list.length; index++) {
    const kept = list[index] as Item;
    if (kept !== item) copy[copy.length] = kept;
  }
  return copy;
}

function extended<Item>(list: readonly Item[], item: Item): Item[] {
  const copy = without(list, item);
  copy[copy.length] = item;
  return copy;
}

/** Set while we make a signal: programs cannot. */
let making = false;
let abortSignal: (signal: AbortSignal, reason: unknown) => void;

function newSignal(): AbortSignal {
  making = true;
  try {
    return new AbortSignal();
  } finally {
    making = false;
  }
}

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  /** Signals made of this one by `AbortSignal.any`. */
  #dependents: readonly AbortSignal[] = [];
  #onabort: unknown = null;

  static {
    abortSignal = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason ?? new DOMExceptionClass('This operation was aborted', 'AbortError');
      const event = new Event('abort');
      begin(event, signal);
      if (typeof signal.#onabort === 'function') {
        callBack(signal.#onabort as Callback, signal, [event]);
      }
      dispatch(signal, event);
      const dependents = signal.#dependents;
      signal.#dependents = [];
      for (let index = 0; index < dependents.length; index++) {
        abortSignal(dependents[index] as AbortSignal, signal.#reason);
      }
    };
  }

  constructor() {
    if (!making) throw new TypeErrorClass('Illegal constructor: use new AbortController().signal.');
    making = false;
    super();
  }

  get aborted(): boolean {
    return this.#aborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  get onabort(): unknown {
    return this.#onabort;
  }
  set onabort(listener: unknown) {
    this.#onabort = listener;
  }
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = newSignal();
    abortSignal(signal, reason);
    return signal;
  }

  static timeout(ms: unknown): AbortSignal {
    const signal = newSignal();
    timers.setTimeout(
      () =>
        abortSignal(
          signal,
          new DOMExceptionClass('The operation was aborted due to timeout', 'TimeoutError'),
        ),
      ms,
    );
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const result = newSignal();
    for (const signal of signals) {
      if (result.#aborted) continue;
      if (signal.#aborted) abortSignal(result, signal.#reason);
      else signal.#dependents = extended(signal.#dependents, result);
    }
    return result;
  }
}

export class AbortController {
  readonly #signal = newSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }
  abort(reason?: unknown): void {
    abortSignal(this.#signal, reason);
  }
}
