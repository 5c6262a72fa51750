import type {
  AnsweredCall,
  HostCall,
  RecordedCall,
  RecordedRun,
  RunJournal,
  RunStep,
} from '@org/core';

/** A journal as long as the process lives. */
export class MemoryJournal implements RunJournal {
  readonly #calls = new Map<number, RecordedCall>();
  readonly #steps: RunStep[];
  readonly #goesOn: boolean;

  /** @param before the record that the run goes on with; left out: a new one */
  constructor(before?: RecordedRun) {
    this.#goesOn = before !== undefined;
    this.#steps = [...(before?.steps ?? [])];
    for (const call of before?.calls ?? []) this.#calls.set(call.id, call);
  }

  /** What it was told up to now. */
  get run(): RecordedRun {
    return { calls: [...this.#calls.values()], steps: [...this.#steps] };
  }

  called(call: HostCall, replayed: boolean): void {
    if (replayed && this.#calls.has(call.id)) return;
    this.#calls.set(call.id, { ...call, sent: false });
  }

  sent(id: number): void {
    this.#change(id, { sent: true });
  }

  answered({ id, ...settled }: AnsweredCall): void {
    this.#change(id, settled);
  }

  stepped(step: RunStep, replayed: boolean): void {
    if (!replayed || !this.#goesOn) this.#steps.push(step);
  }

  #change(id: number, change: Partial<RecordedCall>): void {
    this.#calls.set(id, { ...(this.#calls.get(id) as RecordedCall), ...change });
  }
}
