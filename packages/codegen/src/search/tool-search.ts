import {
  maxToolHits,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolDetail,
  type ToolRanker,
  type ToolSearch,
} from '@org/core';
import type { ObservedTypesOf } from '../observed/observed-types.ts';
import { fuseRankings } from './fuse.ts';
import {
  type ImportableTool,
  importableTools,
  importLines,
  nameOf,
  toHit,
} from './indexed-tools.ts';
import { toolText } from './tool-text.ts';
import { wordRanker } from './word-ranker.ts';

export interface ToolSearchSetup {
  /** The order is theirs, by reciprocal rank fusion where they are several. Default: by words. */
  readonly rankers?: readonly ToolRanker[];
  /** Sentences about servers whose tools are not among the catalogs; part of each result's note. */
  readonly missing?: readonly string[];
  /** Types of results that no tool declares. */
  readonly observed?: ReadonlyMap<ServerId, ObservedTypesOf>;
}

const defaultLimits: Readonly<Record<ToolDetail, number>> = { name: 10, signature: 2, full: 2 };
/** Of the texts of all hits but the first, in characters. */
const maxText = 16_000;

type Rank = (query: string) => Promise<readonly number[]>;

/**
 * Search over the tools of all catalogs. The same catalogs and query give the same hits, as far as
 * the rankers do. An empty query lists all tools. A ranker that fails is left out, and the result
 * says so.
 * @param folders of `serverFolders`; a server without one is left out, since nothing can import it
 */
export async function createToolSearch(
  catalogs: readonly ServerCatalog[],
  folders: ReadonlyMap<ServerId, string>,
  { rankers = [wordRanker], missing = [], observed }: ToolSearchSetup = {},
): Promise<ToolSearch> {
  const tools = importableTools(catalogs, folders, observed);
  const texts = tools.map(({ catalog, named }, id) => toolText(id, catalog.server, named));
  const opened = rankers.map((ranker): { name: string; rank: Promise<Rank> } => ({
    name: ranker.name,
    rank: ranker.open(texts),
  }));
  await Promise.allSettled(opened.map(({ rank }) => rank));

  const rankAll = async (query: string) => {
    if (query.trim() === '') return { ids: [...tools.keys()], failures: [] };
    const rankings = await Promise.allSettled(
      opened.map(async ({ rank }) => usable(await (await rank)(query), tools.length)),
    );
    const failures = rankings.flatMap((ranking, index) =>
      ranking.status === 'rejected'
        ? [`Ranked without ${opened[index]?.name}${reasonOf(ranking.reason)}.`]
        : [],
    );
    const done = rankings.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return { ids: fuseRankings(done), failures };
  };

  return async (query, options = {}) => {
    const { detail = 'signature', limit = defaultLimits[detail] } = options;
    const { ids, failures } = await rankAll(query);
    const wanted = ids.slice(0, limit).map((id) => tools[id] as ImportableTool);
    const { shown, hits } = fitting(wanted, detail);
    const notes = [
      ...partial(
        hits.length,
        wanted.length,
        ids.map((id) => tools[id] as ImportableTool),
        detail,
      ),
      ...(ids.length === 0 ? [nothingFound(tools.length)] : []),
      ...failures,
      ...missing,
    ];
    return {
      hits,
      imports: detail === 'name' ? [] : importLines(shown),
      found: ids.length,
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  };
}

/** The ids among what a ranker gave. */
function usable(ids: readonly number[], size: number): number[] {
  return ids.filter((id) => Number.isInteger(id) && id >= 0 && id < size);
}

/** The message of an error that is made for readers; any other could name what they may not know. */
function reasonOf(error: unknown): string {
  return error instanceof SandboxError
    ? `: ${error.message.replace(/\.$/u, '')}`
    : ', which failed';
}

function fitting(tools: readonly ImportableTool[], detail: ToolDetail) {
  const shown: ImportableTool[] = [];
  const hits = [];
  let left = maxText;
  for (const tool of tools) {
    const hit = toHit(tool, detail);
    if (shown.length > 0 && hit.text.length > left) break;
    left -= hit.text.length;
    shown.push(tool);
    hits.push(hit);
  }
  return { shown, hits };
}

/** How many of the hits that are not shown are named. */
const named = 6;

function partial(
  shown: number,
  wanted: number,
  found: readonly ImportableTool[],
  detail: ToolDetail,
): string[] {
  if (shown === found.length) return [];
  const next = found.slice(shown, shown + named).map((tool) => nameOf(tool));
  const more =
    shown < wanted
      ? `the rest is too long, detail ${detail === 'full' ? 'signature' : 'name'} is shorter`
      : `limit ${Math.min(found.length, wanted * 2, maxToolHits)} shows more`;
  return [`PARTIAL: ${shown} of ${found.length}; ${more}. Next: ${next.join(', ')}.`];
}

function nothingFound(tools: number): string {
  return tools === 0 ? 'There are no tools.' : 'Nothing matches; an empty query lists all tools.';
}
