import type { ServerId, ToolName } from '@org/core';
import type { DefinitionChange } from './definition-change.ts';

/** What an operator may want to know of a call beside its outcome. Texts of a server are hostile. */
export type BridgeEvent = {
  readonly type: 'definitionChanged';
  readonly server: ServerId;
  readonly tool: ToolName;
  readonly changes: readonly DefinitionChange[];
};
