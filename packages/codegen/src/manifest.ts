import type { ServerCatalog } from '@org/core';
import { jsonText, oneLine } from './escape.ts';
import type { NamedTool } from './tool-names.ts';

const maxSummaryLength = 300;

/** First line of what the server says a tool does; empty where it says nothing. Not escaped. */
export function toolSummary({ tool }: NamedTool): string {
  return oneLine(tool.description ?? tool.title ?? '', maxSummaryLength);
}

/** Text of a server's `manifest.json`: what it offers, under which names, and what was refused. */
export function manifestText(catalog: ServerCatalog, tools: readonly NamedTool[]): string {
  const manifest = {
    server: catalog.server,
    serverInfo: { name: catalog.serverInfo.name, version: catalog.serverInfo.version },
    protocolVersion: catalog.protocolVersion,
    tools: tools.map((named) => ({
      name: named.tool.name,
      identifier: named.identifier,
      file: `${named.file}.ts`,
      ...(named.collidesWith !== undefined && { collidesWith: named.collidesWith }),
      description: toolSummary(named),
      digest: named.tool.digest,
      ...(named.tool.annotations !== undefined && { annotations: named.tool.annotations }),
      requiresTask: named.tool.requiresTask,
    })),
    rejected: catalog.rejected.map(({ name, reason }) => ({ name, reason })),
  };
  return `${jsonText(manifest, 2)}\n`;
}
