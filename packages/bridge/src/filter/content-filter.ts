import { type CallContext, type CallFilter, type ContentFilter, SandboxError } from '@org/core';
import { type FilterRules, type ParsedRules, parseRules } from './filter-rules.ts';
import { type FindOptions, findContent } from './find.ts';
import { mapJson } from './json-text.ts';
import { type ContentKind, contentKinds, literalKind } from './kinds.ts';
import type { OwnPattern } from './own-pattern.ts';
import { tokenEnd, tokenKind } from './token.ts';
import {
  defaultVaultBounds,
  type HiddenValue,
  TokenVault,
  type VaultBounds,
} from './token-vault.ts';

export interface ContentFilterOptions {
  /** By server. Servers without rules hide nothing, but tokens are checked in both directions. */
  readonly rules: ReadonlyMap<string, FilterRules>;
  /** Of one session of one principal. */
  readonly bounds?: Partial<VaultBounds>;
  /** Sessions that are kept; of one more, the one that was used longest ago is forgotten. */
  readonly sessions?: number;
}

const noRules: ParsedRules = { kinds: new Set(), restoreFor: new Set(), patterns: [] };
/** Characters by which putting values back may make parameters longer. */
const maxRestored = 4 * 1024 * 1024;

/**
 * The built-in filter: values become tokens such as `[[EMAIL:…]]`, the same token for the same
 * value within a session of a principal, and tools that may see the values get them back.
 * @throws SandboxError `CONFIG_INVALID`
 */
export function createContentFilter(options: ContentFilterOptions): ContentFilter {
  return new TokenFilter(options);
}

class TokenFilter implements ContentFilter {
  readonly #rules: ReadonlyMap<string, ParsedRules>;
  readonly #all: Pick<FindOptions, 'tokenKinds' | 'patterns'>;
  readonly #bounds: VaultBounds;
  readonly #sessions: number;
  /** In the order of their last use. */
  readonly #vaults = new Map<string, TokenVault>();

  constructor({ rules, bounds, sessions = 1_000 }: ContentFilterOptions) {
    this.#rules = new Map([...rules].map(([server, each]) => [server, parseRules(each)]));
    const patterns = [...this.#rules.values()].flatMap((each) => each.patterns);
    const names = [...contentKinds, literalKind, ...patterns.map(({ name }) => name)];
    this.#all = { tokenKinds: new Set(names.map(tokenKind)), patterns };
    this.#bounds = { ...defaultVaultBounds, ...bounds };
    this.#sessions = sessions;
  }

  forCall(server: string, tool: string, context: CallContext = {}): CallFilter {
    const rules = this.#rules.get(server) ?? noRules;
    const mayRestore = rules.restoreFor.has(tool);
    return new CallTokens(this.#vault(context), rules, this.#all, mayRestore);
  }

  #vault(context: CallContext): TokenVault {
    const key = keyOf(context);
    const vault = this.#vaults.get(key) ?? new TokenVault(this.#bounds);
    this.#vaults.delete(key);
    this.#vaults.set(key, vault);
    const [oldest] = this.#vaults.keys();
    if (this.#vaults.size > this.#sessions && oldest !== undefined) this.#forget(oldest);
    return vault;
  }

  #forget(key: string): void {
    this.#vaults.get(key)?.clear();
    this.#vaults.delete(key);
  }

  endSession(context: CallContext): void {
    this.#forget(keyOf(context));
  }

  close(): void {
    for (const key of [...this.#vaults.keys()]) this.#forget(key);
  }
}

/** Calls without a session share one. */
function keyOf({ session, principal }: CallContext): string {
  return JSON.stringify([session ?? null, principal ?? null]);
}

class CallTokens implements CallFilter {
  readonly #vault: TokenVault;
  readonly #rules: ParsedRules;
  readonly #tokenKinds: ReadonlySet<string>;
  /** Of all servers. */
  readonly #ownPatterns: readonly OwnPattern[];
  readonly #mayRestore: boolean;
  /** Kinds of the values that this call's server was given: it may say them again. */
  readonly #given = new Set<string>();
  #restored = 0;

  constructor(
    vault: TokenVault,
    rules: ParsedRules,
    all: Pick<FindOptions, 'tokenKinds' | 'patterns'>,
    mayRestore: boolean,
  ) {
    this.#vault = vault;
    this.#rules = rules;
    this.#tokenKinds = all.tokenKinds;
    this.#ownPatterns = all.patterns;
    this.#mayRestore = mayRestore;
  }

  incoming(paramsJson: string): string {
    // Brackets can be written as escapes too, which is rare enough not to be told apart.
    if (!paramsJson.includes('[[') && !paramsJson.includes('\\u')) return paramsJson;
    return mapJson(paramsJson, {
      string: (text, key) => this.#restore(text, key === undefined),
    });
  }

  #restore(text: string, isName: boolean): string | undefined {
    let result = '';
    let copied = 0;
    for (let at = text.indexOf('[['); at !== -1; at = text.indexOf('[[', at)) {
      const end = tokenEnd(text, at, this.#tokenKinds);
      if (end === -1) {
        at++;
        continue;
      }
      const value = this.#visible(text.slice(at, end));
      if (value !== undefined) {
        if (value.isNumber && !isName && end - at === text.length) return value.text;
        result += text.slice(copied, at) + value.text;
        copied = end;
      }
      at = end;
    }
    return copied === 0 ? undefined : JSON.stringify(result + text.slice(copied));
  }

  /** The value of `token` where this call may have it; text of a server that looked like one is no secret. */
  #visible(token: string): HiddenValue | undefined {
    const value = this.#vault.value(token);
    if (value === undefined) throw unknownToken(token);
    const isLiteral = value.kind === literalKind;
    if (!this.#mayRestore && !isLiteral) return undefined;
    if (!isLiteral) this.#given.add(value.kind);
    this.#restored += value.text.length;
    if (this.#restored <= maxRestored) return value;
    throw new SandboxError(
      'PARAMS_TOO_LARGE',
      `With the originals in place of their tokens, the parameters have over ${maxRestored} characters more.`,
      { hint: 'Pass less, or pass it in several calls.' },
    );
  }

  outgoing(json: string): string {
    const options = this.#findOptions();
    return mapJson(json, {
      string: (text, key) => {
        const hidden = this.#hide(text, options, key);
        return hidden === text ? undefined : JSON.stringify(hidden);
      },
      number: (digits, key) => {
        const [found] = findContent(digits, options, key);
        if (found === undefined || found.start !== 0 || found.end !== digits.length)
          return undefined;
        const { kind } = found;
        return JSON.stringify(this.#vault.tokenFor({ kind, text: digits, isNumber: true }));
      },
    });
  }

  outgoingText(text: string): string {
    return this.#hide(withoutCutEnds(text), this.#findOptions());
  }

  #findOptions(): FindOptions {
    const { kinds, patterns } = this.#rules;
    const tokenKinds = this.#tokenKinds;
    if (this.#given.size === 0) return { kinds, patterns, tokenKinds };
    const given = this.#ownPatterns.filter(({ name }) => this.#given.has(name));
    return {
      kinds: kinds.union(this.#given) as ReadonlySet<ContentKind>,
      patterns: [...new Set([...patterns, ...given])],
      tokenKinds,
    };
  }

  #hide(text: string, options: FindOptions, key?: string): string {
    let result = '';
    let copied = 0;
    for (const { start, end, kind } of findContent(text, options, key)) {
      const token = this.#vault.tokenFor({ kind, text: text.slice(start, end), isNumber: false });
      result += text.slice(copied, start) + token;
      copied = end;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }
}

/** What `capText` puts where it cuts. */
const cutMark = '… (';
const cutAway = 64;

/** Error messages are cut somewhere; what is left of a value there could not be recognised. */
function withoutCutEnds(text: string): string {
  const parts = text.split(cutMark);
  return parts
    .map((part, index) => (index < parts.length - 1 ? part.slice(0, -cutAway) : part))
    .join(cutMark);
}

function unknownToken(token: string): SandboxError {
  return new SandboxError(
    'UNKNOWN_TOKEN',
    `The parameters have ${token}, which stands for nothing here.`,
    {
      hint: 'Pass tokens exactly as results of this session had them; do not make them up or change them.',
    },
  );
}
