import type { CompletedFlag } from './words.ts';

/** `text` as one word of bash or zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** One line of at most 80 characters. */
export function short(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** As they are typed: `--output`, `-o`. */
export const flagWords = ({ name, char }: CompletedFlag): string[] =>
  char === undefined ? [`--${name}`] : [`--${name}`, `-${char}`];

/** What a shell calls the function that completes a program. */
export const functionName = (bin: string): string => `_${bin.replaceAll(/[^a-z0-9]/giu, '_')}`;
