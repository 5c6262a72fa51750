import type { JsonObject } from './json.ts';
import type { CallOptions, ToolCall } from './tool-call.ts';
import type { ToolDefinition } from './tool-catalog.ts';

/** What a call would meet on its way to its server. */
export interface PreviewedCall {
  /** As the run sees the tool; a method (`methodName`) has one too. */
  readonly tool: ToolDefinition;
  /** Of the result as the program gets it, where the server declares one. Hostile. */
  readonly resultSchema?: JsonObject;
  /** The tool changes nothing, by the operator's word or by an annotation that is trusted. */
  readonly readOnly: boolean;
}

/** Port: says what a call would meet, without making it. */
export interface CallPreviewer {
  /**
   * Parameters are checked too.
   * @throws SandboxError what the call would fail with before anybody is asked
   */
  preview(call: ToolCall, options: CallOptions): Promise<PreviewedCall>;
}
