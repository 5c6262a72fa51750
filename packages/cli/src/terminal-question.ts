import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface QuestionTerminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** What a person answers; empty when the input ends. @throws AbortError when `signal` aborts */
export async function ask(
  { input, output }: QuestionTerminal,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  // Not as a terminal: then an interruption stays a signal of the process.
  const lines = createInterface({ input, output, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
