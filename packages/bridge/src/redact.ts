import { homedir } from 'node:os';
import { plainText } from '@org/core';

const shortestSecret = 6;

/** The first `characters` of `text`, and how much was left out. */
export function capText(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).toWellFormed()}… (${text.length - characters} more characters)`;
}

/** Makes a text of a server fit to be shown. */
export type Redact = (text: string) => string;

/**
 * Replaces each of `secrets` by `[redacted]`, and the user's home folder by `~`.
 * Secrets of fewer than 6 characters stay: they would blank out ordinary words.
 */
export function createRedact(secrets: Iterable<string>): Redact {
  const hidden = new Set<string>();
  for (const secret of secrets) {
    // A header such as `Bearer <token>` is also hidden when only its token turns up.
    for (const part of [secret, secret.trim(), ...secret.split(/\s+/)]) {
      if (part.length >= shortestSecret) hidden.add(part);
    }
  }
  // Longest first, so that a secret which contains another one leaves no rest.
  const ordered = [...hidden].sort((left, right) => right.length - left.length);
  const home = homedir();
  return (text) => {
    let shown = plainText(text);
    for (const secret of ordered) {
      shown = shown.replaceAll(secret, '[redacted]');
      const plain = plainText(secret);
      if (plain !== secret && plain.length >= shortestSecret) {
        shown = shown.replaceAll(plain, '[redacted]');
      }
    }
    return home.length > 1 ? shown.replaceAll(home, '~') : shown;
  };
}
