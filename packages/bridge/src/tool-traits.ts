import { methodOf, type ServerId, type ToolAnnotations, type ToolDefinition } from '@org/core';
import { parseToolPattern, type ToolPattern } from './tool-pattern.ts';

/** Whose word on what a tool does is believed. Nothing is believed by default. */
export interface TrustRules {
  /** Tools whose annotations are believed; `true`: those of every server. */
  readonly trustAnnotations?: boolean | readonly string[];
  /** Tools that change nothing, by the operator's word. */
  readonly readOnly?: readonly string[];
  /** Tools that change nothing and whose results may be reused, by the operator's word. */
  readonly cacheable?: readonly string[];
  /** Tools whose second equal call changes nothing more, by the operator's word. */
  readonly idempotent?: readonly string[];
}

export interface ToolTraits {
  readonly readOnly: boolean;
  /** A call may be made twice. */
  readonly idempotent: boolean;
  /** Set only where the server's annotations are believed. */
  readonly destructive: boolean;
  /** By the operator's word; or annotated as read-only and idempotent, and believed. */
  readonly cacheable: boolean;
}

/** What holds for a tool, from the operator's word and the annotations that the operator trusts. */
export class TraitsOfTools {
  readonly #trusted: boolean | readonly ToolPattern[];
  readonly #cacheable: readonly ToolPattern[];
  readonly #readOnly: readonly ToolPattern[];
  readonly #idempotent: readonly ToolPattern[];
  readonly #known = new WeakMap<ToolDefinition, ToolTraits>();

  /** @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: a pattern that cannot be used */
  constructor(rules: TrustRules, configured: readonly ServerId[]) {
    const parse = (texts: readonly string[] = []) =>
      texts.map((text) => parseToolPattern(text, configured));
    const { trustAnnotations = false } = rules;
    this.#trusted =
      typeof trustAnnotations === 'boolean' ? trustAnnotations : parse(trustAnnotations);
    this.#cacheable = parse(rules.cacheable);
    this.#readOnly = parse(rules.readOnly);
    this.#idempotent = parse(rules.idempotent);
  }

  of(server: ServerId, tool: ToolDefinition): ToolTraits {
    // All servers share the definitions of methods.
    if (methodOf(tool.name) !== undefined) return this.#derive(server, tool);
    let traits = this.#known.get(tool);
    if (traits === undefined) {
      traits = this.#derive(server, tool);
      this.#known.set(tool, traits);
    }
    return traits;
  }

  #derive(server: ServerId, tool: ToolDefinition): ToolTraits {
    const named = (patterns: readonly ToolPattern[]) =>
      patterns.some((pattern) => pattern.matches(server, tool.name));
    const trusted = this.#trusted === true || (this.#trusted !== false && named(this.#trusted));
    const hints: ToolAnnotations = trusted ? (tool.annotations ?? {}) : {};
    // A server cannot mean both, so the worse one holds.
    const destructive = hints.destructiveHint === true;
    const annotated = hints.readOnlyHint === true && !destructive;
    const marked = named(this.#cacheable);
    const readOnly = marked || annotated || named(this.#readOnly);
    return {
      readOnly,
      idempotent: readOnly || hints.idempotentHint === true || named(this.#idempotent),
      destructive,
      cacheable: marked || (annotated && hints.idempotentHint === true),
    };
  }
}
