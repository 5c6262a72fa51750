export interface PageBounds {
  /** Over all pages. */
  readonly maxItems: number;
  readonly maxPages: number;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

const maxCursorLength = 65_536;

/**
 * All entries of a server's list, in its order, unchecked; or why the list cannot be read: it has no
 * end in sight, with more pages or entries than allowed, or a cursor that was already used.
 * @param read gives a page of the list, the first one without a cursor. What it throws is thrown.
 * @param what the entries are, such as `tools`
 */
export async function readPages(
  read: (cursor: string | undefined) => Promise<Page>,
  what: string,
  { maxItems, maxPages }: PageBounds,
): Promise<{ readonly items: readonly unknown[] } | { readonly endless: string }> {
  const all: unknown[] = [];
  const usedCursors = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const { items, nextCursor } = await read(cursor);
    if (all.length + items.length > maxItems) {
      return { endless: `it lists more than ${maxItems} ${what}` };
    }
    for (const item of items) all.push(item);
    if (typeof nextCursor !== 'string' || nextCursor === '') return { items: all };
    if (pages >= maxPages) return { endless: `its list has more than ${maxPages} pages` };
    if (nextCursor.length > maxCursorLength) {
      return { endless: `its page cursor is longer than ${maxCursorLength} characters` };
    }
    if (usedCursors.has(nextCursor)) {
      return { endless: 'it sent the same page cursor twice, so its list is endless' };
    }
    usedCursors.add(nextCursor);
    cursor = nextCursor;
  }
}
