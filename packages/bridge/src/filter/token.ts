import { randomBytes } from 'node:crypto';

const form = /\[\[([A-Z][A-Z0-9_]{1,31}):[0-9A-Za-z_-]{0,64}\]\]/y;

/**
 * The token, or what looks like one of these kinds, that begins at `at`: its end, or -1. The same
 * form is escaped on the way out and looked up on the way in, so no text can be seen as a token in
 * one direction only.
 */
export function tokenEnd(text: string, at: number, kinds: ReadonlySet<string>): number {
  form.lastIndex = at;
  const kind = form.exec(text)?.[1];
  return kind !== undefined && kinds.has(kind) ? form.lastIndex : -1;
}

/** What a kind is called in its tokens. */
export function tokenKind(kind: string): string {
  return kind.toUpperCase();
}

/** A new token, which nobody can guess: 96 random bits. */
export function createToken(kind: string): string {
  return `[[${tokenKind(kind)}:${randomBytes(12).toString('hex')}]]`;
}
