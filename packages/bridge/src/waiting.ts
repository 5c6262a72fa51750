import type { ServerId, ToolName } from '@org/core';
import type { BridgeEvent, WaitsFor } from './bridge-event.ts';

/** Shorter waits are not worth a word. */
const tellAfterMs = 1_000;

/** Tells that calls of a tool wait for their turn: once, however many do, until none does. */
export class WaitingCalls {
  readonly #onEvent: (event: BridgeEvent) => void;
  readonly #waits = new Map<string, Wait>();

  constructor(onEvent: (event: BridgeEvent) => void) {
    this.#onEvent = onEvent;
  }

  /**
   * A call begins to wait; the function that is returned ends that, and may be called again.
   * @param ms how long it will wait, where that is known
   */
  begin(server: ServerId, tool: ToolName, waitsFor: WaitsFor, ms?: number): () => void {
    const key = JSON.stringify([waitsFor, server, tool]);
    let wait = this.#waits.get(key);
    if (wait === undefined) {
      wait = new Wait((known) =>
        this.#onEvent({ type: 'waiting', server, tool, waitsFor, ...known }),
      );
      this.#waits.set(key, wait);
    }
    const end = wait.join(ms);
    return () => {
      if (end()) this.#waits.delete(key);
    };
  }
}

/** The calls that wait for one thing. */
class Wait {
  readonly #tell: (known: { readonly ms?: number }) => void;
  readonly #calls = new Set<symbol>();
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(tell: (known: { readonly ms?: number }) => void) {
    this.#tell = tell;
  }

  /** The function that is returned says whether this was the last one. */
  join(ms?: number): () => boolean {
    const call = Symbol();
    this.#calls.add(call);
    if (ms === undefined) {
      this.#timer ??= setTimeout(() => this.#tellOnce({}), tellAfterMs).unref();
    } else if (ms >= tellAfterMs) {
      this.#tellOnce({ ms });
    }
    return () => {
      if (!this.#calls.delete(call) || this.#calls.size > 0) return false;
      clearTimeout(this.#timer);
      return true;
    };
  }

  #tellOnce(known: { readonly ms?: number }): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#tell(known);
  }
}
