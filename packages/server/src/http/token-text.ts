import { createHash, randomBytes } from 'node:crypto';
import { SandboxError } from '@org/core';
import { localPrincipal } from './client.ts';

/** A token as its holder sends it: `mcp_<name>_<secret>`. */
export interface TokenParts {
  readonly name: string;
  readonly secret: string;
}

const tokenName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/u;
const maxNameLength = 64;
/** Of 256 random bits in base64url. */
const token = /^mcp_([a-z0-9-]{1,64})_([A-Za-z0-9_-]{43})$/u;

/**
 * Names of tokens are names of files too.
 * @throws SandboxError `INVALID_NAME`: empty, over 64 characters, others than `a-z`, `0-9` and
 * single hyphens between them, or the name of the local client
 */
export function parseTokenName(text: string): string {
  if (text === localPrincipal) {
    throw new SandboxError('INVALID_NAME', `No token can be named ${localPrincipal}.`, {
      hint: 'That is the client on this machine that needs no token; take another name.',
    });
  }
  if (text.length <= maxNameLength && tokenName.test(text)) return text;
  throw new SandboxError(
    'INVALID_NAME',
    `A token cannot be named ${JSON.stringify(text.slice(0, 80))}.`,
    {
      hint: 'A name has 1 to 64 characters: a to z, 0 to 9, and single hyphens between them.',
    },
  );
}

/** Undefined for a text that no token looks like. */
export function parseToken(text: string): TokenParts | undefined {
  const [, name, secret] = token.exec(text) ?? [];
  if (name === undefined || secret === undefined || !tokenName.test(name)) return undefined;
  return { name, secret };
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function tokenText({ name, secret }: TokenParts): string {
  return `mcp_${name}_${secret}`;
}

/** What is kept of a secret. It has 256 random bits, so nothing slower is needed against guessing. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
