import type {
  CallToolResult,
  InputRequiredResult,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { JsonObject } from '@org/core';
import type { AgentClient, RunWatch } from '../agent-host.ts';
import type { Asking } from '../asking.ts';

/** Tokens of an answer. */
interface AnswerBudget {
  readonly preset: number;
  readonly most: number;
}

/** In what a tool is called. */
export interface ToolContext {
  readonly client: AgentClient;
  /** Name of the session of calls that name none. */
  readonly session: string;
  readonly budget: AnswerBudget;
  readonly watch: RunWatch;
  readonly asking: Asking;
  readonly decideHint: (runId: string) => string;
}

export type ToolResult = CallToolResult | InputRequiredResult;

/** A tool of the server's. */
export interface AgentTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  readonly annotations: ToolAnnotations;
  /** @throws SandboxError where there is nothing to do or the host fails */
  call(input: unknown, context: ToolContext): Promise<ToolResult>;
}

/** The names that an input schema has. */
export const namesIn = ({ inputSchema }: Pick<AgentTool, 'inputSchema'>): string[] =>
  Object.keys(inputSchema.properties as JsonObject);

/** Of a tool that runs programs: what those do is up to them. */
export const runsPrograms: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

export const readsOnly: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
