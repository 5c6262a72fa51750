import { type CatalogSource, readPages, SandboxError, type ServerList } from '@org/core';

export interface ListBounds {
  /** Entries over all pages, bad ones included. */
  readonly maxEntries: number;
  readonly maxPages: number;
}

const words: Readonly<Record<ServerList, string>> = {
  tools: 'tools',
  resources: 'resources',
  resourceTemplates: 'resource templates',
  prompts: 'prompts',
};

/**
 * All entries of one of a server's lists, in its order, unchecked.
 * @throws SandboxError `SERVER_UNAVAILABLE`: the source's own, or when the list is malformed or
 * has no end in sight
 */
export async function listEntries(
  source: CatalogSource,
  list: ServerList,
  { maxEntries, maxPages }: ListBounds,
): Promise<readonly unknown[]> {
  const what = words[list];
  const fail = (why: string): never => {
    throw new SandboxError(
      'SERVER_UNAVAILABLE',
      `Cannot read the ${what} of server ${JSON.stringify(source.server)}: ${why}.`,
      {
        hint: 'This is a fault of the server; ask its author, or disable it in the configuration.',
      },
    );
  };
  const read = async (cursor: string | undefined) => {
    const page = await source.listPage(list, cursor);
    return Array.isArray(page?.items) ? page : fail(`it did not answer with a list of ${what}`);
  };
  const all = await readPages(read, what, { maxItems: maxEntries, maxPages });
  return 'items' in all ? all.items : fail(all.endless);
}
