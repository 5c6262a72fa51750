import type { ServerId, ToolDefinition } from '@org/core';
import { parseToolPattern, type ToolPattern } from './tool-pattern.ts';
import type { TraitsOfTools } from './tool-traits.ts';

export type PolicyAction = 'allow' | 'ask' | 'deny';

/** Which calls may be made. Patterns as `parseToolPattern` has them; their order means nothing. */
export interface PolicyRules {
  readonly allow?: readonly string[];
  /** Calls that a person has to approve. */
  readonly ask?: readonly string[];
  readonly deny?: readonly string[];
  /** For tools that no rule names. Left out: `deny` where there is an `allow`, else `allow`. */
  readonly default?: PolicyAction;
}

export interface PolicyDecision {
  readonly action: PolicyAction;
  /** The rule that decided, in words. */
  readonly because: string;
}

const strictness: Readonly<Record<PolicyAction, number>> = { allow: 0, ask: 1, deny: 2 };

/**
 * `deny` beats `ask` beats `allow` beats the default. For a tool that no rule names, annotations
 * that are believed turn the default: read-only is allowed, destructive is asked about. They never
 * lift a `deny`.
 */
export class Policy {
  readonly #rules: Readonly<Record<PolicyAction, readonly ToolPattern[]>>;
  readonly #default: PolicyAction;
  readonly #traits: TraitsOfTools | undefined;

  /**
   * @param traits what turns the default; left out: nothing does
   * @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: a pattern that cannot be used
   */
  constructor(rules: PolicyRules, configured: readonly ServerId[], traits?: TraitsOfTools) {
    this.#traits = traits;
    const parse = (texts: readonly string[] = []) =>
      texts.map((text) => parseToolPattern(text, configured));
    this.#rules = { deny: parse(rules.deny), ask: parse(rules.ask), allow: parse(rules.allow) };
    this.#default = rules.default ?? (rules.allow === undefined ? 'allow' : 'deny');
  }

  /** False where every call of the server would be denied, so that it need not be started. */
  mayUse(server: ServerId): boolean {
    const { deny, ask, allow } = this.#rules;
    const reaches = (pattern: ToolPattern) => pattern.matchesServer(server);
    if (deny.some((pattern) => pattern.everyTool && reaches(pattern))) return false;
    return this.#default !== 'deny' || ask.some(reaches) || allow.some(reaches);
  }

  decide(server: ServerId, tool: ToolDefinition): PolicyDecision {
    for (const action of ['deny', 'ask', 'allow'] as const) {
      const rule = this.#rules[action].find((pattern) => pattern.matches(server, tool.name));
      if (rule !== undefined) return { action, because: `the rule ${JSON.stringify(rule.text)}` };
    }
    if (this.#default === 'deny') return { action: 'deny', because: 'no rule that allows it' };
    const traits = this.#traits?.of(server, tool);
    if (traits?.readOnly) return { action: 'allow', because: 'it is read-only' };
    if (traits?.destructive) return { action: 'ask', because: 'it is annotated as destructive' };
    return { action: this.#default, because: 'the default of the policy' };
  }
}

/** The strictest of what several policies say. */
export function strictest(decisions: readonly PolicyDecision[]): PolicyDecision {
  return decisions.reduce((one, other) =>
    strictness[other.action] > strictness[one.action] ? other : one,
  );
}
