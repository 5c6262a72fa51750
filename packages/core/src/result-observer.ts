import type { ServerId } from './ids.ts';
import type { JsonValue } from './json.ts';
import type { ToolDefinition } from './tool-catalog.ts';

/** Port: sees the results of tools that declare no type for them. */
export interface ResultObserver {
  /** A call is under way, so that what is known of its tool can be fetched. Must not throw. */
  onCall(server: ServerId, tool: ToolDefinition): void;
  /**
   * A result as it may reach the agent; not told of kept results and of failures. Must not reject.
   * @returns what the agent should know, if anything
   */
  onResult(server: ServerId, tool: ToolDefinition, value: JsonValue): Promise<string | undefined>;
}
