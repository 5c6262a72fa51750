import { homedir } from 'node:os';

const shortestSecret = 6;

// ECMA-48: operating-system commands (titles, links), control sequences (colours, cursor), and the
// short escapes. Adjacent parts share no character, so matching takes linear time.
const ansi =
  /\u001B\][^\u0007\u001B\n]*(?:\u0007|\u001B\\)?|(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[ -/]*[0-~]/g;
// What a terminal acts on and what a reader cannot see; tab and newline stay.
const invisible = /[^\P{C}\t\n]|[\u2028\u2029]/gu;

/** Text of a server made fit for a terminal, a log and an agent: nothing in it acts or hides. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(ansi, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(invisible, '');
}

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
