import type { CatalogSource, ServerCatalog, ToolDefinition } from '@org/core';
import { claimedName } from './definition.ts';
import { listEntries } from './list-entries.ts';
import { printableName, visibleText } from './text.ts';
import { parseToolDefinition } from './tool-definition.ts';

export interface IntrospectOptions {
  /** Entries of `tools/list` over all pages, bad ones included. Default 10,000. */
  readonly maxTools?: number;
  /** Default 1,000. */
  readonly maxPages?: number;
}

/**
 * Reads what a connected server offers into a catalog: tools sorted by name (code units), text
 * without invisible characters, schemas within bounds. One bad definition costs only itself: it is
 * in `rejected`, with the reason. Of two definitions of one name the first counts.
 * @throws SandboxError `SERVER_UNAVAILABLE`: the source cannot list its tools, or its list is
 * malformed, endless or over `options`
 */
export async function introspect(
  source: CatalogSource,
  options: IntrospectOptions = {},
): Promise<ServerCatalog> {
  const raw = await listEntries(source, 'tools', {
    maxEntries: options.maxTools ?? 10_000,
    maxPages: options.maxPages ?? 1_000,
  });
  const tools = new Map<string, ToolDefinition>();
  const rejected: { name: string; reason: string }[] = [];
  for (const [index, entry] of raw.entries()) {
    const parsed = parseToolDefinition(entry);
    if ('value' in parsed && !tools.has(parsed.value.name)) {
      tools.set(parsed.value.name, parsed.value);
      continue;
    }
    const name = claimedName(entry);
    rejected.push({
      name: name === undefined ? `(tool ${index + 1} of the list)` : printableName(name),
      reason: 'refused' in parsed ? parsed.refused : 'The server lists this name twice.',
    });
  }
  const byName = [...tools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    server: source.server,
    serverInfo: {
      name: printableName(source.serverInfo.name),
      version: printableName(source.serverInfo.version),
    },
    protocolVersion: printableName(source.protocolVersion),
    ...(source.instructions !== undefined && { instructions: visibleText(source.instructions) }),
    tools: byName,
    rejected,
  };
}
