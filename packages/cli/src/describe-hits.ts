import { plainText, type ToolDetail, type ToolSearchResult } from '@org/core';
import { plainLine } from './plain-text.ts';

/** What a search found, as text for a terminal or an agent: imports first, then a hit a paragraph. */
export function describeHits(result: ToolSearchResult, detail: ToolDetail): string {
  const { hits, imports, note } = result;
  const shown = hits.map(({ server, tool, text }) =>
    detail === 'name'
      ? `${plainLine(`${server}.${tool}`)}: ${plainText(text)}\n`
      : `\n${plainText(text).trimEnd()}\n`,
  );
  const head = imports.map((line) => `${line}\n`);
  return [...head, ...shown, ...(note === undefined ? [] : [`\n${plainText(note)}\n`])].join('');
}
