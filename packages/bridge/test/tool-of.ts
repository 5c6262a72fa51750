import { parseToolName, type ToolAnnotations, type ToolDefinition } from '@org/core';

/** A tool as a catalog has it, without a server behind it. */
export function toolOf(
  name: string,
  annotations?: ToolAnnotations,
  more: Partial<ToolDefinition> = {},
): ToolDefinition {
  return {
    name: parseToolName(name),
    inputSchema: { type: 'object' },
    requiresTask: false,
    digest: `digest of ${name}`,
    ...(annotations && { annotations }),
    ...more,
  };
}
