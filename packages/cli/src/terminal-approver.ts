import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { Approver } from '@org/core';
import { visibleText } from './plain-text.ts';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  /** Keeps others from writing to the terminal until it is disposed of. */
  hold(): Disposable;
}

/** Asks the person at the terminal; anything but a clear yes is a no. */
export function terminalApprover({ input, output, hold }: Terminal): Approver {
  return {
    async approve({ server, tool, paramsJson, blobs = [] }, { signal }) {
      using _ = hold();
      const name = visibleText(`${server}.${tool}`);
      const shown = visibleText(JSON.stringify(JSON.parse(paramsJson), null, 2));
      output.write(`The program wants to call ${name} with\n${shown.replaceAll(/^/gm, '  ')}\n`);
      for (const { handle, bytes } of blobs) {
        output.write(`  In the place of ${handle}, ${bytes} bytes as base64 are sent.\n`);
      }
      // Not as a terminal: then an interruption stays a signal of the process.
      const lines = createInterface({ input, output, terminal: false });
      const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      try {
        const question = 'Allow it? y: once, a: always, n: no [n] ';
        const answer = await Promise.race([lines.question(question, { signal }), ended]);
        return meaning(answer);
      } finally {
        lines.close();
      }
    },
  };
}

function meaning(answer: string): 'once' | 'always' | 'no' {
  switch (answer.trim().toLowerCase()) {
    case 'y':
    case 'yes':
    case 'once':
      return 'once';
    case 'a':
    case 'always':
      return 'always';
    default:
      return 'no';
  }
}
