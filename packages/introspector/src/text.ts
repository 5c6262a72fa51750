import { stripVTControlCharacters } from 'node:util';

/**
 * What a reader cannot see: control, format (bidi, zero-width, tags), private-use and unassigned
 * characters, lone surrogates, fillers and variation selectors. Text can hide in all of them.
 */
const invisibleInText = /(?![\n\t])[\p{C}\p{DI}]/gu;
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;

const maxTextLength = 65_536;
const maxNameLength = 128;

/** `text` without invisible characters, except newline and tab; cut with `…` at `maxLength`. */
export function visibleText(text: string, maxLength = maxTextLength): string {
  // Cut before the expensive replacements; what is stripped can only make it shorter.
  const bounded = text.slice(0, maxLength * 4);
  // Whole terminal sequences first: without its escape character the rest would read as text.
  const plain = stripVTControlCharacters(bounded);
  const clean = plain.replace(lineBreaks, '\n').replace(invisibleInText, '');
  if (clean.length <= maxLength && bounded.length === text.length) return clean;
  return `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** A name as it may be shown to a person: one line, printable, at most 128 characters. */
export function printableName(text: string): string {
  const shown = visibleText(text, maxNameLength).replace(/\s+/g, ' ').trim();
  return shown === '' ? '(nothing printable)' : shown;
}
