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

/** What a run writes into its own record. */
export class StoreJournal implements RunJournal {
  readonly #options: StoreJournalOptions;
  /** Calls without an answer. */
  readonly #open = new Map<number, HostCall>();
  /** Log lines that go with the next entry: they decide nothing. */
  #logs: JournalEntry[] = [];

  constructor(options: StoreJournalOptions) {
    this.#options = options;
  }

  called(call: HostCall, replayed: boolean): void {
    this.#open.set(call.id, call);
    this.#append({ type: 'called', call }, replayed);
  }

  /** Goes to the disk before the call leaves, unless it may be made again. */
  sent(id: number, replayed: boolean): void {
    const call = this.#open.get(id);
    const survives = call === undefined || !this.#options.mayRetry(call);
    this.#append({ type: 'sent', id }, replayed, survives);
  }

  answered(answered: AnsweredCall, replayed: boolean): void {
    this.#open.delete(answered.id);
    this.#append({ type: 'answered', answered }, replayed);
  }

  stepped(step: RunStep, replayed: boolean): void {
    this.#append({ type: 'stepped', step }, replayed);
  }

  /** Keeps log lines, and tells `onEvent`. */
  watching(onEvent: (event: RunEvent) => void = () => {}): (event: RunEvent) => void {
    return (event) => {
      if (event.type === 'log') this.#logs.push({ type: 'log', log: event.log });
      onEvent(event);
    };
  }

  #append(entry: JournalEntry, replayed: boolean, survives = false): void {
    const { store, runId, resumed } = this.#options;
    if (replayed && resumed) return;
    const entries = [...this.#logs, entry];
    this.#logs = [];
    store.append(runId, entries, survives && !replayed);
  }
}
