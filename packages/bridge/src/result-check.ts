import {
  camelName,
  type FieldNames,
  type JsonValue,
  SandboxError,
  type ServerId,
  type ToolDefinition,
  typeMoveText,
} from '@org/core';
import type { BridgeEvent } from './bridge-event.ts';
import { quoted } from './lookup.ts';
import type { Redact } from './redact.ts';
import { type Check, createCheck } from './schema-check.ts';

/** What happens to a result that does not fit its tool's output schema. */
export interface ResultRules {
  /** `warn` (default): the operator is told, once a tool, and the agent; `strict`: the call has failed. */
  readonly resultCheck?: 'off' | 'warn' | 'strict';
}

/** Holds results against the schemas that their servers promised. */
export class ResultChecks {
  readonly #mode: 'off' | 'warn' | 'strict';
  readonly #onEvent: (event: BridgeEvent) => void;
  readonly #checks = new WeakMap<ToolDefinition, Check>();
  readonly #told = new WeakSet<ToolDefinition>();

  constructor({ resultCheck = 'warn' }: ResultRules, onEvent: (event: BridgeEvent) => void) {
    this.#mode = resultCheck;
    this.#onEvent = onEvent;
  }

  /**
   * @returns what the agent should know of a result that is passed on all the same
   * @throws SandboxError `RESULT_INVALID` in mode `strict`
   */
  check(
    server: { id: ServerId; redact: Redact },
    tool: ToolDefinition,
    value: JsonValue,
    fieldNames?: FieldNames,
  ): string | undefined {
    if (this.#mode === 'off' || tool.outputSchema === undefined) return undefined;
    let check = this.#checks.get(tool);
    if (check === undefined) {
      check = createCheck(tool.outputSchema, 'the result');
      this.#checks.set(tool, check);
    }
    const misfit = check(value);
    if (misfit === undefined) return undefined;
    const problems = server.redact(misfit.problems);
    if (this.#mode === 'warn') {
      if (!this.#told.has(tool)) {
        this.#told.add(tool);
        this.#onEvent({ type: 'resultInvalid', server: server.id, tool: tool.name, problems });
      }
      const moves = misfit.moves(fieldNames === undefined ? (name) => name : camelName);
      if (moves.length === 0) return undefined;
      return server.redact(typeMoveText({ server: server.id, tool: tool.name }, moves, 'declared'));
    }
    throw new SandboxError(
      'RESULT_INVALID',
      `${quoted(tool.name)} was carried out, but its result is not what it promises: ${problems}`,
      { hint: 'Use another tool; the server has a fault.' },
    );
  }
}
