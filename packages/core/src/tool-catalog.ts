import type { ServerId, ToolName } from './ids.ts';
import type { JsonObject } from './json.ts';

/** Hints from the server (MCP 2025-11-25, `ToolAnnotations`). A server can lie in them. */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** One tool as its server defines it. Every string in it is the server's text: hostile. */
export interface ToolDefinition {
  readonly name: ToolName;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema of the parameters; always an object schema. */
  readonly inputSchema: JsonObject;
  /** JSON Schema of the structured result, where the server declares one. */
  readonly outputSchema?: JsonObject;
  readonly annotations?: ToolAnnotations;
  /** The tool only works as a task (`execution.taskSupport: "required"`), so a plain call fails. */
  readonly requiresTask: boolean;
  /** BLAKE3 of the canonical definition, hex. Changes whenever the server changes the tool. */
  readonly digest: string;
}

/** What one server offers. Tools are sorted by name. */
export interface ServerCatalog {
  readonly server: ServerId;
  /** What the server calls itself. */
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  readonly tools: readonly ToolDefinition[];
  /** Definitions that could not be taken over, and why. Never silently dropped. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

/** A page of `tools/list` as it came: not yet checked. */
export interface ToolPage {
  readonly tools: readonly unknown[];
  readonly nextCursor?: string;
}

/** A connected server, as far as reading its catalog goes. */
export interface CatalogSource {
  readonly server: ServerId;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  /** How long the list of tools that was read last holds, by the server's word; 0 or more. */
  readonly ttlMs?: number | undefined;
  /** @throws SandboxError `SERVER_UNAVAILABLE` */
  listTools(cursor?: string): Promise<ToolPage>;
}
