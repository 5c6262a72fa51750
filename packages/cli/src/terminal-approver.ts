import type { Approver } from '@org/core';
import { visibleText } from './plain-text.ts';
import { ask, type QuestionTerminal } from './terminal-question.ts';

export interface Terminal extends QuestionTerminal {
  /** Keeps others from writing to the terminal until it is disposed of. */
  hold(): Disposable;
}

/** Asks the person at the terminal; anything but a clear yes is a no. */
export function terminalApprover({ input, output, hold }: Terminal): Approver {
  return {
    async approve({ server, tool, paramsJson }, { signal }) {
      using _ = hold();
      const name = visibleText(`${server}.${tool}`);
      const shown = visibleText(JSON.stringify(JSON.parse(paramsJson), null, 2));
      output.write(`The program wants to call ${name} with\n${shown.replaceAll(/^/gm, '  ')}\n`);
      const question = 'Allow it? y: once, a: always, n: no [n] ';
      return meaning(await ask({ input, output }, question, signal));
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
