import { plainText } from '@org/core';

/*
 * Everything that a program or a server wrote passes one of these before it reaches the user's
 * terminal. Programs, servers and files can hold escape sequences that move the cursor, set the
 * window's title or answer in the user's name.
 */

/** `text` for a place within a line: it cannot begin a line that looks like one of ours. */
export function plainLine(text: string): string {
  return plainText(text).replaceAll(/\s+/gu, ' ').trim();
}

// JSON.stringify leaves these as they are; the other controls it escapes itself.
const actingInJson = /[\u007F-\u009F\p{Bidi_Control}\u2028\u2029]/gu;

/** `value` as indented JSON text that stands for the same value and does not act on a terminal. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    actingInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const unseen = /[^\P{C}\n]|\p{DI}|[\u2028\u2029]/gu;

/** `text` in full, with each character that acts on a terminal or is not seen as its code point. */
export function visibleText(text: string): string {
  return text.replaceAll(
    unseen,
    (character) => `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`,
  );
}
