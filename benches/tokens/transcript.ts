import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/**
 * What passes an agent's context while it does a task: what it knows from the start, then turns, in
 * each of which it writes something and reads what comes back.
 */
export class Transcript {
  readonly #start: number;
  readonly #turns: { readonly written: number; readonly read: number }[] = [];

  /** @param start texts that are there before the first turn */
  constructor(...start: readonly string[]) {
    this.#start = sum(start);
  }

  turn(written: readonly string[], read: readonly string[]): void {
    this.#turns.push({ written: sum(written), read: sum(read) });
  }

  /** All tokens, each counted once. */
  get once(): number {
    return this.#turns.reduce((total, { written, read }) => total + written + read, this.#start);
  }

  /** Tokens that a model takes in and gives out where each turn sends all before it again. */
  get resent(): number {
    let context = this.#start;
    let total = 0;
    for (const { written, read } of this.#turns) {
      total += context + written;
      context += written + read;
    }
    return total;
  }

  get turns(): number {
    return this.#turns.length;
  }
}

function sum(texts: readonly string[]): number {
  return texts.reduce((total, text) => total + countTokens(text), 0);
}
