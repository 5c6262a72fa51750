import { type Approver, counted } from '@org/core';
import { visibleText } from './plain-text.ts';
import type { TerminalQuestions } from './terminal-questions.ts';

/**
 * Asks the person at the terminal; anything but a clear yes is a no.
 * @param by the person's name, where it is known
 */
export function terminalApprover(person: TerminalQuestions, by?: string): Approver {
  return {
    ...(by !== undefined && { by }),
    async approve({ server, tool, paramsJson, blobs = [] }, { signal }) {
      const name = visibleText(`${server}.${tool}`);
      const params = visibleText(JSON.stringify(JSON.parse(paramsJson), null, 2));
      const kept = blobs.map(
        ({ handle, bytes }) =>
          `\n  In the place of ${handle}, ${counted(bytes, 'byte as base64 is', 'bytes as base64 are')} sent.`,
      );
      const shown = `The program wants to call ${name} with\n${params.replaceAll(/^/gm, '  ')}${kept.join('')}`;
      const question = 'Allow it? y: once, a: always, n: no [n] ';
      return meaning(await person.ask({ shown, question }, signal));
    },
  };
}

function meaning(answer: string): 'once' | 'always' | 'no' {
  switch (answer) {
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
