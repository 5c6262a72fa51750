import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ToolAnswer } from '../answer/answer.ts';

/** An answer as the result of a tool call. */
export function resultOf({ structured, texts, media, isError }: ToolAnswer): CallToolResult {
  return {
    content: [...texts.map((text) => ({ type: 'text' as const, text })), ...media],
    structuredContent: structured as unknown as Record<string, unknown>,
    ...(isError && { isError }),
  };
}
