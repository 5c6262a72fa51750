import type { ServerCatalog, ServerId, ToolHit } from '@org/core';
import { isJsonObject } from '@org/core';
import MiniSearch from 'minisearch';
import { stringLiteral } from './escape.ts';
import { toolSummary } from './manifest.ts';
import { keyword } from './schema-reference.ts';
import { type NamedTool, nameTools } from './tool-names.ts';

const maxQueryLength = 500;
const maxIndexedDescription = 2_000;
const maxIndexedParams = 200;

/** Words of a text or a name: `searchIssues_by-label` has four. */
function words(text: string): string[] {
  return text
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function paramNames({ tool }: NamedTool): string {
  const properties = keyword(tool.inputSchema, 'properties');
  return isJsonObject(properties)
    ? Object.keys(properties).slice(0, maxIndexedParams).join(' ')
    : '';
}

/**
 * Full-text search over all tools: names count most, then parameters and descriptions; word
 * beginnings and small misspellings match. The same query gives the same hits in the same order.
 * @param folders of `serverFolders`; a server without one is left out, since nothing can import it
 * @returns a function of the query and the number of hits wanted (default 10), best hits first
 */
export function createToolSearch(
  catalogs: readonly ServerCatalog[],
  folders: ReadonlyMap<ServerId, string>,
): (query: string, limit?: number) => readonly ToolHit[] {
  const hits: ToolHit[] = [];
  const index = new MiniSearch<
    Record<'id' | 'name' | 'server' | 'params' | 'description', unknown>
  >({
    fields: ['name', 'server', 'params', 'description'],
    tokenize: words,
    searchOptions: {
      boost: { name: 4, server: 2, params: 1.5 },
      prefix: (term) => term.length >= 3,
      fuzzy: (term) => (term.length >= 5 ? 0.2 : false),
    },
  });
  for (const catalog of catalogs) {
    const folder = folders.get(catalog.server);
    if (folder === undefined) continue;
    for (const named of nameTools(catalog)) {
      index.add({
        id: hits.length,
        name: named.tool.name,
        server: catalog.server,
        params: paramNames(named),
        description: [named.tool.title, named.tool.description?.slice(0, maxIndexedDescription)]
          .filter((text) => text !== undefined)
          .join(' '),
      });
      hits.push({
        server: catalog.server,
        tool: named.tool.name,
        import: `import { ${named.identifier} } from ${stringLiteral(`./servers/${folder}`)};`,
        summary: toolSummary(named),
      });
    }
  }
  return (query, limit = 10) =>
    index
      .search(query.slice(0, maxQueryLength))
      .slice(0, Math.max(0, limit))
      .map((result) => hits[result.id])
      .filter((hit) => hit !== undefined);
}
