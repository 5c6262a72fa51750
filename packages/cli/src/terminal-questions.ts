import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  /** Keeps others from writing to the terminal until it is disposed of. */
  hold(): Disposable;
}

export interface Question {
  /** What it is about, in lines of their own. Nothing in it may act on a terminal. */
  readonly shown: string;
  readonly question: string;
}

/** Asks the person at a terminal one question at a time. */
export class TerminalQuestions {
  readonly #terminal: Terminal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * What the person typed, in lower case and without spaces around it; empty where the input ends.
   * @throws the reason of `signal` when it aborts before
   */
  ask(question: Question, signal: AbortSignal): Promise<string> {
    const turn = this.#last.then(() => this.#ask(question, signal));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #ask({ shown, question }: Question, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { input, output, hold } = this.#terminal;
    using _ = hold();
    output.write(`${shown}\n`);
    // Not as a terminal: then an interruption stays a signal of the process.
    const lines = createInterface({ input, output, terminal: false });
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    try {
      const answer = await Promise.race([lines.question(question, { signal }), ended]);
      return answer.trim().toLowerCase();
    } finally {
      lines.close();
    }
  }
}

/**
 * The person at the terminal of this process; undefined where there is none.
 * @param hold keeps whatever else writes to the terminal still, while a question is open
 */
export function personAt(
  { stdin, stderr }: Pick<NodeJS.Process, 'stdin' | 'stderr'>,
  hold: () => Disposable,
): TerminalQuestions | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return new TerminalQuestions({ input: stdin, output: stderr, hold });
}
