import type { ServerId, ToolName } from '@org/core';
import type { DefinitionChange } from './definition-change.ts';

/** A turn at a rate, or one of the calls that a server gets at one time. */
export type WaitsFor = 'rate' | 'slot';

/** What an operator may want to know of a call beside its outcome. Texts of a server are hostile. */
export type BridgeEvent = { readonly server: ServerId; readonly tool: ToolName } & (
  | { readonly type: 'definitionChanged'; readonly changes: readonly DefinitionChange[] }
  /** A result does not fit the tool's output schema; it was passed on. Told once a tool. */
  | { readonly type: 'resultInvalid'; readonly problems: string }
  /**
   * Calls of the tool wait for their turn, for over a second. Told once until none waits any more.
   * `ms`: how long the first one will wait, where that is known.
   */
  | { readonly type: 'waiting'; readonly waitsFor: WaitsFor; readonly ms?: number }
);
