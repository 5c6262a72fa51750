/** Which of two runs gets a worker first, when both want one. */
export type Priority = 'high' | 'normal' | 'low';

export const priorities: readonly Priority[] = ['high', 'normal', 'low'];

interface Waiting {
  readonly priority: Priority;
  /** Whether it begins; otherwise it goes on. */
  readonly begins: boolean;
}

/** Who waits for a worker: by priority, then in the order in which they came. */
export class ReadyQueue<Entry extends Waiting> {
  readonly #lines = new Map<string, Map<Entry, number>>();
  #lastTicket = 0;
  size = 0;

  #line({ priority, begins }: Waiting): Map<Entry, number> {
    const key = `${priority} ${begins}`;
    const line = this.#lines.get(key) ?? new Map<Entry, number>();
    this.#lines.set(key, line);
    return line;
  }

  add(entry: Entry): void {
    this.#line(entry).set(entry, ++this.#lastTicket);
    this.size++;
  }

  remove(entry: Entry): boolean {
    const removed = this.#line(entry).delete(entry);
    if (removed) this.size--;
    return removed;
  }

  /**
   * The first in turn, which stays in.
   * @param mayBegin whether one that begins may be it
   */
  first(mayBegin: boolean): Entry | undefined {
    for (const priority of priorities) {
      const [going] = this.#line({ priority, begins: false });
      const [beginning] = mayBegin ? this.#line({ priority, begins: true }) : [];
      if (going === undefined) {
        if (beginning !== undefined) return beginning[0];
      } else {
        return beginning !== undefined && beginning[1] < going[1] ? beginning[0] : going[0];
      }
    }
    return undefined;
  }

  /** Takes out everybody. */
  clear(): Entry[] {
    const all = [...this.#lines.values()].flatMap((line) => [...line.keys()]);
    this.#lines.clear();
    this.size = 0;
    return all;
  }
}
