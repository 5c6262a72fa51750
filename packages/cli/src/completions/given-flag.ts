import { homedir } from 'node:os';

/** The value of a flag in words as they are typed, or split at `=` as bash does; the last one counts. */
export function givenFlag(
  words: readonly string[],
  ...names: readonly string[]
): string | undefined {
  let found: string | undefined;
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) {
      found = words[index + 1] === '=' ? words[index + 2] : words[index + 1];
    }
    const [name = '', ...rest] = word.split('=');
    if (rest.length > 0 && names.includes(name)) found = rest.join('=');
  }
  return found === undefined ? undefined : unquoted(found);
}

/** The words that are no flags, nor the values of those in `valued`. */
export function givenWords(words: readonly string[], ...valued: readonly string[]): string[] {
  const found: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (!word.startsWith('-')) found.push(word);
    else if (valued.includes(word)) index += words[index + 1] === '=' ? 2 : 1;
  }
  return found;
}

/** A word of a shell without its quotes; nothing is filled in but the home folder. */
export function unquoted(word: string): string {
  const plain = word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gsu,
    (_, single, double, escaped) => single ?? double?.replaceAll(/\\(["\\$`])/gu, '$1') ?? escaped,
  );
  return word.startsWith('~/') ? `${homedir()}${plain.slice(1)}` : plain;
}
