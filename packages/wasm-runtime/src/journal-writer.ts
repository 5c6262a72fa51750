import type { RunJournal } from '@org/core';

/** The journal of one run, if it has one; after its first failure nothing is kept any more. */
export class JournalWriter {
  readonly #journal: RunJournal | undefined;
  readonly #onFailure: (error: unknown) => void;
  #failed = false;

  constructor(journal: RunJournal | undefined, onFailure: (error: unknown) => void) {
    this.#journal = journal;
    this.#onFailure = onFailure;
  }

  /** Whether what is told may take effect: it is kept, or nobody wants to keep it. */
  keep(tell: (journal: RunJournal) => void): boolean {
    if (this.#failed) return false;
    if (this.#journal === undefined) return true;
    try {
      tell(this.#journal);
      return true;
    } catch (error) {
      this.#failed = true;
      this.#onFailure(error);
      return false;
    }
  }
}
