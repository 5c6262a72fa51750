import { type CatalogSource, SandboxError } from '@org/core';

export interface PageBounds {
  readonly maxTools: number;
  readonly maxPages: number;
}

const maxCursorLength = 65_536;

/**
 * All entries of a server's `tools/list`, in its order, unchecked.
 * @throws SandboxError `SERVER_UNAVAILABLE`: the source's own, or when the list has no end in
 * sight: more pages or tools than allowed, or a cursor that was already used
 */
export async function listAllTools(source: CatalogSource, bounds: PageBounds): Promise<unknown[]> {
  const fail = (why: string): never => {
    throw new SandboxError(
      'SERVER_UNAVAILABLE',
      `Cannot read the tools of server ${JSON.stringify(source.server)}: ${why}.`,
      {
        hint: 'This is a fault of the server; ask its author, or disable it in the configuration.',
      },
    );
  };
  const tools: unknown[] = [];
  const usedCursors = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await source.listTools(cursor);
    if (!Array.isArray(page?.tools)) return fail('it did not answer with a list of tools');
    if (tools.length + page.tools.length > bounds.maxTools) {
      return fail(`it lists more than ${bounds.maxTools} tools`);
    }
    for (const tool of page.tools) tools.push(tool);
    const next: unknown = page.nextCursor;
    if (typeof next !== 'string' || next === '') return tools;
    if (pages >= bounds.maxPages) return fail(`its list has more than ${bounds.maxPages} pages`);
    if (next.length > maxCursorLength) {
      return fail(`its page cursor is longer than ${maxCursorLength} characters`);
    }
    if (usedCursors.has(next))
      return fail('it sent the same page cursor twice, so its list is endless');
    usedCursors.add(next);
    cursor = next;
  }
}
