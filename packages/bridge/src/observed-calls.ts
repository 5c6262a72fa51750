import type {
  CallOptions,
  JsonValue,
  ResultObserver,
  ServerId,
  ToolCall,
  ToolDefinition,
} from '@org/core';
import { parseToolPattern } from './tool-pattern.ts';
import type { Answered } from './verdict.ts';

/** From which results types are learned. */
export interface LearnRules {
  /** `true` (default), or patterns of the tools. */
  readonly learn?: boolean | readonly string[];
  /** Parameters to learn from: lists of them by `<server>.<tool>`. Only `mcp-cli discover` reads it. */
  readonly discover?: ReadonlyMap<string, readonly JsonValue[]>;
}

export type Learnable = (server: ServerId, tool: ToolDefinition) => boolean;

/** @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: a pattern that cannot be used */
export function learnable(
  { learn = true }: LearnRules,
  configured: readonly ServerId[],
): Learnable {
  if (typeof learn === 'boolean') return () => learn;
  const patterns = learn.map((text) => parseToolPattern(text, configured));
  return (server, tool) => patterns.some((pattern) => pattern.matches(server, tool.name));
}

/** Of filtered results, which have to be parsed again. */
const maxParsedCharacters = 1024 * 1024;

/** What becomes known of a call while it is under way. */
export class Sighting {
  readonly #observer: ResultObserver;
  readonly #learn: Learnable;
  #call: { readonly server: ServerId; readonly tool: ToolDefinition } | undefined;
  /** As the server gave it. */
  result: { readonly value: JsonValue; readonly json: string } | undefined;

  constructor(observer: ResultObserver, learn: Learnable) {
    this.#observer = observer;
    this.#learn = learn;
  }

  begin(server: ServerId, tool: ToolDefinition): void {
    if (tool.outputSchema !== undefined || !this.#learn(server, tool)) return;
    this.#call = { server, tool };
    this.#observer.onCall(server, tool);
  }

  /** @param json of the result as it may reach the agent */
  async end(json: string): Promise<string | undefined> {
    if (this.#call === undefined) return undefined;
    const { server, tool } = this.#call;
    let value = this.result?.value;
    if (value === undefined || this.result?.json !== json) {
      if (json.length > maxParsedCharacters) return undefined;
      value = JSON.parse(json) as JsonValue;
    }
    return this.#observer.onResult(server, tool, value);
  }
}

/** `callTool` whose results are shown to an observer: each once, as it may reach the agent. */
export function observeCalls<Options extends CallOptions>(
  observer: ResultObserver,
  learn: Learnable,
  callTool: (
    call: ToolCall,
    options: Options & { readonly sighting: Sighting },
  ) => Promise<Answered>,
): (call: ToolCall, options: Options) => Promise<Answered> {
  return async (call, options) => {
    const sighting = new Sighting(observer, learn);
    const answered = await callTool(call, { ...options, sighting });
    const { outcome } = answered;
    if (outcome.status !== 'done' || outcome.cached) return answered;
    const warning = await sighting.end(outcome.json);
    return warning === undefined ? answered : { ...answered, outcome: { ...outcome, warning } };
  };
}
