import { type ProgramError, plainText } from '@org/core';

const maxPlaces = 5;
const maxLine = 160;

/**
 * Where an error was thrown, from its stack, and the line of the program with a mark.
 * @param code the program as it was sent; left out where there is none
 */
export function placeOf({ stack, message }: ProgramError, code?: string): string | undefined {
  const places = stack
    .split('\n')
    .filter((line) => /^\s+at\s/.test(line))
    .slice(0, maxPlaces)
    .map((line) => plainText(line.trim()).slice(0, maxLine));
  if (places.length === 0) return undefined;
  const own = /(?:^|[\s(])program\.ts:(\d+):(\d+)/.exec(places.join('\n'));
  // A mistake of syntax has its excerpt in its message.
  if (code === undefined || own === null || message.includes('program.ts:')) {
    return places.join('\n');
  }
  const excerpt = excerptOf(code, Number(own[1]), Number(own[2]));
  return [places.join('\n'), ...(excerpt === undefined ? [] : [excerpt])].join('\n');
}

/** The line of `code` with a mark under the column; both are counted from 1. */
function excerptOf(code: string, line: number, column: number): string | undefined {
  const text = code.split('\n', line)[line - 1];
  if (text === undefined || text.trim() === '' || text.length > maxLine) return undefined;
  const mark = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return plainText(`${text}\n${mark}^`);
}
