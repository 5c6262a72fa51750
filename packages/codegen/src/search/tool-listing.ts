import type { ServerCatalog, ServerId } from '@org/core';
import { estimateTokens } from './estimate-tokens.ts';
import { type ImportableTool, importableTools, toHit } from './indexed-tools.ts';

interface ListedServer {
  readonly server: string;
  /** Where its functions are imported from. */
  readonly module: string;
  /** How many tools it has, listed or not. */
  readonly count: number;
  readonly tools: readonly {
    readonly name: string;
    /** First line of its description; left out where it did not fit or there is none. */
    readonly summary?: string;
  }[];
}

export interface ToolListing {
  readonly servers: readonly ListedServer[];
  readonly shown: number;
  readonly total: number;
}

/**
 * The tools of all servers in about `budgetTokens`: with what they do where that fits, else by name
 * alone, else some of each server's.
 */
export function listTools(
  catalogs: readonly ServerCatalog[],
  folders: ReadonlyMap<ServerId, string>,
  budgetTokens: number,
): ToolListing {
  const tools = importableTools(catalogs, folders);
  const full = listing(tools, tools, true);
  if (cost(full) <= budgetTokens) return full;
  const names = listing(tools, tools, false);
  if (cost(names) <= budgetTokens) return names;
  return listing(tools, taken(tools, budgetTokens), false);
}

/** Of each server in turn the next tool, as long as there is room. */
function taken(tools: readonly ImportableTool[], budgetTokens: number): ImportableTool[] {
  const queues = [...Map.groupBy(tools, ({ catalog }) => catalog.server).values()];
  let left = budgetTokens - cost(listing(tools, [], false));
  const some: ImportableTool[] = [];
  for (let turn = 0; queues.some((queue) => turn < queue.length); turn++) {
    for (const queue of queues) {
      const tool = queue[turn];
      if (tool === undefined) continue;
      left -= estimateTokens(nameLine(tool.named.tool.name));
      if (left < 0) return some;
      some.push(tool);
    }
  }
  return some;
}

function listing(
  tools: readonly ImportableTool[],
  some: readonly ImportableTool[],
  summaries: boolean,
): ToolListing {
  const chosen = new Set(some);
  const servers = [...Map.groupBy(tools, ({ catalog }) => catalog.server)].map(
    ([server, own]): ListedServer => ({
      server,
      module: `./servers/${own[0]?.folder}`,
      count: own.length,
      tools: own
        .filter((tool) => chosen.has(tool))
        .map((tool) => {
          const summary = summaries ? toHit(tool, 'name').text : '';
          return { name: tool.named.tool.name, ...(summary !== '' && { summary }) };
        }),
    }),
  );
  return { servers, shown: some.length, total: tools.length };
}

function cost({ servers }: ToolListing): number {
  return servers.reduce(
    (sum, { server, module, tools }) =>
      sum +
      estimateTokens(`${server}: 00 of 00 tools, import { … } from '${module}'\n`) +
      tools.reduce(
        (all, { name, summary }) => all + estimateTokens(`${nameLine(name)}${summary ?? ''}`),
        0,
      ),
    0,
  );
}

function nameLine(name: string): string {
  return `${name}, `;
}
