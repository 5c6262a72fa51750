import type { ToolListing } from '@org/codegen';
import { counted } from '@org/core';
import { plainLine } from './plain-text.ts';
import { cutToWidth } from './text-width.ts';

/**
 * A listing of tools, a server and its tools at a time: a tool a line, or names alone in one line.
 * @param missing sentences about servers that are not in it
 * @param columns of the terminal; lines of tools are cut to it, names are not
 */
export function describeListing(
  listing: ToolListing,
  missing: readonly string[],
  columns: number = Infinity,
): string {
  const lines = listing.servers.flatMap(({ server, module, count, tools }) => {
    const all = counted(count, 'tool');
    const many = tools.length < count ? `${tools.length} of ${all}` : all;
    const head = plainLine(`${server}: ${many}, ${module}`);
    const bare = tools.every(({ summary }) => summary === undefined);
    if (bare) return [head, `  ${plainLine(tools.map(({ name }) => name).join(', '))}`];
    return [
      head,
      ...tools.map(({ name, summary }) => {
        const line = `  ${plainLine(summary === undefined ? name : `${name}: ${summary}`)}`;
        return cutToWidth(line, Math.max(columns, name.length + 4));
      }),
    ];
  });
  const note = listingNote(listing, missing);
  return [...lines, ...(note === undefined ? [] : ['', plainLine(note)]), ''].join('\n');
}

/** What is missing from a listing, and how to get it; undefined where nothing is. */
export function listingNote(
  { shown, total }: ToolListing,
  missing: readonly string[],
): string | undefined {
  const partial = `PARTIAL: ${shown} of ${total} shown; use tools search, a server's name or --budget.`;
  const notes = [...(shown < total ? [partial] : []), ...missing];
  return notes.length === 0 ? undefined : notes.join(' ');
}
