import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ToolAnswer } from '../answer/answer.ts';

/** An answer as the result of a tool call. */
export function resultOf({ structured, texts, media, isError }: ToolAnswer): CallToolResult {
  const whole = structured.cut?.whole;
  return {
    content: [
      ...texts.map((text) => ({ type: 'text' as const, text })),
      ...media,
      ...(whole === undefined
        ? []
        : [{ type: 'resource_link' as const, uri: whole, name: 'The whole result' }]),
    ],
    structuredContent: structured as unknown as Record<string, unknown>,
    ...(isError && { isError }),
  };
}
