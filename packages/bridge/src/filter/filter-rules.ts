import { SandboxError } from '@org/core';
import { type ContentKind, contentKinds, literalKind } from './kinds.ts';
import { OwnPattern } from './own-pattern.ts';

/** What an operator wants hidden of one server's content, and who gets it back. */
export interface FilterRules {
  /** Kinds that are replaced in what comes from the server. */
  readonly outgoing: readonly ContentKind[] | 'all';
  /** Tools of this server whose arguments get the originals back. Default: none. */
  readonly restoreFor?: readonly string[];
  /** Own kinds by name, in the language of `OwnPattern`. They are replaced too. */
  readonly patterns?: Readonly<Record<string, string>>;
}

/** Rules that were checked. */
export interface ParsedRules {
  readonly kinds: ReadonlySet<ContentKind>;
  readonly restoreFor: ReadonlySet<string>;
  readonly patterns: readonly OwnPattern[];
}

/** Of one server. */
export const maxPatterns = 32;
const patternName = /^[a-z][a-z0-9_]{1,31}$/;

/** @throws SandboxError `CONFIG_INVALID`: an unknown kind, or a pattern that can't be used */
export function parseRules(rules: FilterRules): ParsedRules {
  const { outgoing, restoreFor = [], patterns = {} } = rules;
  const kinds = outgoing === 'all' ? contentKinds : outgoing;
  for (const kind of kinds) {
    if (contentKinds.includes(kind)) continue;
    throw new SandboxError('CONFIG_INVALID', `There is nothing named ${kind} to filter.`, {
      hint: `Use "all" or some of ${contentKinds.join(', ')}.`,
    });
  }
  const names = Object.keys(patterns);
  if (names.length > maxPatterns) {
    throw new SandboxError('CONFIG_INVALID', `A filter takes at most ${maxPatterns} patterns.`);
  }
  for (const name of names) {
    const taken = name === literalKind || (contentKinds as readonly string[]).includes(name);
    if (patternName.test(name) && !taken) continue;
    throw new SandboxError(
      'CONFIG_INVALID',
      `A pattern cannot be named ${JSON.stringify(name.slice(0, 100))}.`,
      { hint: 'Use 2 to 32 characters of a-z, 0-9 and _, and no name of a built-in kind.' },
    );
  }
  return {
    kinds: new Set(kinds),
    restoreFor: new Set(restoreFor),
    patterns: names.map((name) => new OwnPattern(name, patterns[name] as string)),
  };
}
