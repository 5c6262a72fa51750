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
import { type Entry, entryOfFindable, entryOfTool, type Findable } from './findable.ts';
import { fuseRankings } from './fuse.ts';
import { importableTools, importLines } from './indexed-tools.ts';
import { wordRanker } from './word-ranker.ts';

export interface ToolSearchSetup {
  /** The order is theirs, by reciprocal rank fusion where they are several. Default: by words. */
  readonly rankers?: readonly ToolRanker[];
  /** Sentences about servers whose tools are not among the catalogs; part of each result's note. */
  readonly missing?: readonly string[];
  /** Types of results that no tool declares. */
  readonly observed?: ReadonlyMap<ServerId, ObservedTypesOf>;
  /** What is found beside the tools, ranked as they are. */
  readonly others?: readonly Findable[];
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
  { rankers = [wordRanker], missing = [], observed, others = [] }: ToolSearchSetup = {},
): Promise<ToolSearch> {
  const tools = importableTools(catalogs, folders, observed);
  const entries = [...tools.map(entryOfTool), ...others.map(entryOfFindable)];
  const texts = entries.map((entry, id) => entry.text(id));
  const opened = rankers.map((ranker): { name: string; rank: Promise<Rank> } => ({
    name: ranker.name,
    rank: ranker.open(texts),
  }));
  await Promise.allSettled(opened.map(({ rank }) => rank));

  const rankAll = async (query: string) => {
    if (query.trim() === '') return { ids: [...entries.keys()], failures: [] };
    const rankings = await Promise.allSettled(
      opened.map(async ({ rank }) => usable(await (await rank)(query), entries.length)),
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
    const found = ids.map((id) => entries[id] as Entry);
    const wanted = found.slice(0, limit);
    const { shown, hits } = fitting(wanted, detail);
    const notes = [
      ...partial(hits.length, wanted.length, found, detail),
      ...(ids.length === 0 ? [nothingFound(entries.length)] : []),
      ...failures,
      ...missing,
    ];
    return {
      hits,
      imports: detail === 'name' ? [] : linesOf(shown),
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

/** Those of tools first, one a server. */
function linesOf(shown: readonly Entry[]): string[] {
  const lines = importLines(shown.flatMap(({ tool }) => tool ?? []));
  return [...lines, ...shown.flatMap(({ line }) => line ?? [])];
}

function fitting(entries: readonly Entry[], detail: ToolDetail) {
  const shown: Entry[] = [];
  const hits = [];
  let left = maxText;
  for (const entry of entries) {
    const hit = entry.hit(detail);
    if (shown.length > 0 && hit.text.length > left) break;
    left -= hit.text.length;
    shown.push(entry);
    hits.push(hit);
  }
  return { shown, hits };
}

/** How many of the hits that are not shown are named. */
const named = 6;

function partial(
  shown: number,
  wanted: number,
  found: readonly Entry[],
  detail: ToolDetail,
): string[] {
  if (shown === found.length) return [];
  const next = found.slice(shown, shown + named).map(({ name }) => name);
  const more =
    shown < wanted
      ? `the rest is too long, detail ${detail === 'full' ? 'signature' : 'name'} is shorter`
      : `limit ${Math.min(found.length, wanted * 2, maxToolHits)} shows more`;
  return [`PARTIAL: ${shown} of ${found.length}; ${more}. Next: ${next.join(', ')}.`];
}

function nothingFound(tools: number): string {
  return tools === 0 ? 'There are no tools.' : 'Nothing matches; an empty query lists all tools.';
}
