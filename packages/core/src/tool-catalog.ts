import type { ServerId, ToolName } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Page } from './pages.ts';

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

/** What of a list could not be taken over, and why. */
export interface Rejected {
  readonly list: Exclude<ServerList, 'tools'>;
  readonly name: string;
  readonly reason: string;
}

/** A resource as its server lists it (MCP 2025-11-25, `Resource`). All text is the server's. */
export interface ResourceDefinition {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** Of its content, in bytes. */
  readonly size?: number;
}

/** Resources by a pattern of their URIs (RFC 6570). */
export interface ResourceTemplateDefinition extends Omit<ResourceDefinition, 'uri' | 'size'> {
  readonly uriTemplate: string;
}

export interface PromptDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description?: string;
    readonly required: boolean;
  }[];
}

/** What a server offers besides tools, each list sorted by URI, template or name. */
export interface ServerOffer {
  /** As the server declares them. */
  readonly capabilities: JsonObject;
  readonly resources: readonly ResourceDefinition[];
  readonly resourceTemplates: readonly ResourceTemplateDefinition[];
  readonly prompts: readonly PromptDefinition[];
  readonly rejected: readonly Rejected[];
}

/** The lists that a server can have. */
export type ServerList = 'tools' | 'resources' | 'resourceTemplates' | 'prompts';

/** A connected server, as far as reading what it offers goes. */
export interface CatalogSource {
  readonly server: ServerId;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  /** What the server says that it can do, by the names of MCP; not yet checked. */
  readonly capabilities: JsonObject;
  /** How long the list of tools that was read last holds, by the server's word; 0 or more. */
  readonly ttlMs?: number | undefined;
  /**
   * A page of a list as it came: not yet checked. Empty where the server has no such list.
   * @throws SandboxError `SERVER_UNAVAILABLE`
   */
  listPage(list: ServerList, cursor?: string): Promise<Page>;
}
