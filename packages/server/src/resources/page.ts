import type { TextResourceContents } from '@modelcontextprotocol/server';

/** Characters of one page of a resource. */
const pageCharacters = 100_000;

/**
 * One page of a text, and where the next one is.
 * @param uri without the page
 * @param page from 1
 * @returns undefined for a page that there is not
 */
export function pageOf(
  text: string,
  {
    uri,
    page,
    mimeType,
  }: { readonly uri: string; readonly page: number; readonly mimeType: string },
): TextResourceContents | undefined {
  const pages = Math.max(1, Math.ceil(text.length / pageCharacters));
  if (page < 1 || page > pages) return undefined;
  const start = (page - 1) * pageCharacters;
  return {
    uri: page === 1 ? uri : `${uri}?page=${page}`,
    // A part of a JSON text is not one.
    mimeType: pages === 1 ? mimeType : 'text/plain',
    text: text.slice(start, start + pageCharacters),
    ...(pages > 1 && {
      _meta: { page, pages, ...(page < pages && { next: `${uri}?page=${page + 1}` }) },
    }),
  };
}
