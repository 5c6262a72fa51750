import type { AnsweredCall, HostCall, RunJournal, RunStep } from '@org/core';
import type { RunEvent } from '@org/wasm-runtime';
import type { JournalEntry, RunStore } from './run-store.ts';

export interface StoreJournalOptions {
  readonly store: RunStore;
  readonly runId: string;
  /** Whether a call may be made again where it is not known if it took effect. */
  readonly mayRetry: (call: HostCall) => boolean;
  /** Whether the record has what the run repeats already. */
  readonly resumed: boolean;
}

/**
 * What a run writes into its own record. What leaves, and what comes back, is kept at once, with all
 * before it. That a call was made and answers were handed in is kept with those, or in the next turn
 * of the event loop: until then nothing of it can be seen outside, and a run that dies does it again.
 */
export class StoreJournal implements RunJournal {
  readonly #options: StoreJournalOptions;
  /** Calls without an answer. */
  readonly #open = new Map<number, HostCall>();
  #pending: JournalEntry[] = [];
  #flushing: NodeJS.Immediate | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: StoreJournalOptions) {
    this.#options = options;
  }

  called(call: HostCall, replayed: boolean): void {
    this.#open.set(call.id, call);
    this.#add({ type: 'called', call }, replayed);
  }

  /** Goes to the disk before the call leaves, unless it may be made again. */
  sent(id: number, replayed: boolean): void {
    const call = this.#open.get(id);
    this.#add({ type: 'sent', id }, replayed);
    this.flush(!replayed && (call === undefined || !this.#options.mayRetry(call)));
  }

  answered(answered: AnsweredCall, replayed: boolean): void {
    this.#open.delete(answered.id);
    this.#add({ type: 'answered', answered }, replayed);
    if (!replayed) this.flush();
  }

  stepped(step: RunStep, replayed: boolean): void {
    this.#add({ type: 'stepped', step }, replayed);
  }

  /** Keeps log lines, and tells `onEvent`. */
  watching(onEvent: (event: RunEvent) => void = () => {}): (event: RunEvent) => void {
    return (event) => {
      if (event.type === 'log') this.#add({ type: 'log', log: event.log }, false);
      onEvent(event);
    };
  }

  /**
   * @param survives whether it has to be there after a power failure too
   * @throws what the store throws, now or in an earlier turn
   */
  flush(survives = false): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    const entries = this.#pending;
    this.#pending = [];
    const { store, runId } = this.#options;
    if (entries.length > 0) store.append(runId, entries, survives);
  }

  #add(entry: JournalEntry, replayed: boolean): void {
    if (replayed && this.#options.resumed) return;
    this.#pending.push(entry);
    this.#flushing ??= setImmediate(() => this.#flushLater());
  }

  #flushLater(): void {
    this.#flushing = undefined;
    try {
      this.flush();
    } catch (error) {
      this.#failure = { error };
    }
  }
}
