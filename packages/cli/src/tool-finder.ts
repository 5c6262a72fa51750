import { createToolSearch, type Findable, type ObservedTypesOf } from '@org/codegen';
import {
  plainText,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolSearch,
} from '@org/core';
import { contentOf, type MadeOf } from './made-of.ts';

/** The catalogs that can be had, and a sentence about each server whose catalog cannot. */
export interface FoundCatalogs {
  readonly catalogs: readonly ServerCatalog[];
  readonly missing: readonly string[];
  /** What was learned of their results. */
  readonly observed?: ReadonlyMap<ServerId, ObservedTypesOf>;
  /** Skills that are programs. */
  readonly others?: readonly Findable[];
}

/** How long servers may take before a search does without them. */
const maxWaitMs = 15_000;

/**
 * The catalogs of all servers, connected where they were not. One that cannot be reached, or not in
 * time, costs only its own tools.
 */
export async function findCatalogs(
  servers: readonly ServerId[],
  catalog: (server: ServerId) => Promise<ServerCatalog>,
): Promise<FoundCatalogs> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, maxWaitMs, 'late');
  const found = await Promise.allSettled(
    servers.map((server) => Promise.race([catalog(server), late])),
  );
  clearTimeout(timer);
  const catalogs: ServerCatalog[] = [];
  const missing: string[] = [];
  for (const [index, one] of found.entries()) {
    const name = JSON.stringify(servers[index]);
    if (one.status === 'rejected') missing.push(`Without server ${name}: ${reason(one.reason)}`);
    else if (one.value === 'late') missing.push(`Without server ${name}: it is still connecting.`);
    else catalogs.push(one.value);
  }
  return { catalogs, missing };
}

const maxReason = 200;

function reason(error: unknown): string {
  if (!(error instanceof SandboxError)) throw error;
  const [first = ''] = plainText(error.message).split('\n');
  return `${error.code}: ${first.length <= maxReason ? first : `${first.slice(0, maxReason)}…`}`;
}

/** A search whose index is made at the first query, and anew whenever there is something else to find. */
export function searchOver(
  find: () => Promise<FoundCatalogs>,
  folders: ReadonlyMap<ServerId, string>,
  made: MadeOf<Promise<ToolSearch>>,
): ToolSearch {
  return async (query, options) => {
    const found = await find();
    const { catalogs, missing, observed, others = [] } = found;
    const contents = catalogs.map((one) => contentOf(one, observed?.get(one.server)));
    const search = made.get([missing, contents, others], () =>
      createToolSearch(catalogs, folders, found),
    );
    return (await search)(query, options);
  };
}

/** @throws SandboxError `SERVER_UNAVAILABLE` where there are servers and none could be reached */
export function requireReachable(found: FoundCatalogs): FoundCatalogs {
  const { catalogs, missing } = found;
  if (catalogs.length > 0 || missing.length === 0) return found;
  throw new SandboxError('SERVER_UNAVAILABLE', 'No server could be reached.', {
    hint: missing.join('\n'),
  });
}
