import type { ToolRanker, ToolText } from '@org/core';
import MiniSearch from 'minisearch';
import { concepts } from './synonyms.ts';
import { words } from './words.ts';

/** Distinct words of a query that count. */
const maxQueryWords = 32;

/**
 * BM25 over what a tool is called, what it says of itself, and its parameters. A word of the query
 * that no tool has also finds words that begin with it or are near to it. The same tools and query
 * give the same order.
 */
export const rankByWords: ToolRanker = {
  name: 'words',
  async open(tools) {
    const index = new MiniSearch<ToolText & { readonly summary: string }>({
      fields: ['name', 'title', 'server', 'summary', 'description', 'parameters', 'parameterDescriptions'],
      tokenize: words,
      processTerm: (word) => [word, ...(concepts.get(word) ?? [])],
      searchOptions: {
        boost: { name: 3, title: 2, server: 1.5, summary: 2, parameters: 0.8, parameterDescriptions: 0.4 },
        boostTerm: (term) => (term.startsWith('~') ? 0.5 : 1),
        prefix: (term) => !term.startsWith('~') && term.length >= 3,
        fuzzy: (term) => (!term.startsWith('~') && term.length >= 5 ? 0.2 : false),
        weights: { prefix: 0.3, fuzzy: 0.2 },
      },
    });
    for (const tool of tools) index.add({ ...tool, summary: firstSentence(tool.description) });
    return async (query) => {
      const distinct = [...new Set(words(query))].slice(0, maxQueryWords);
      return index.search(distinct.join(' '), { tokenize: (text) => text.split(' ') }).map(({ id }) => id as number);
    };
  },
};

function firstSentence(text: string): string {
  return /^[^]{1,300}?(?=[.!?:](?:\s|$)|\n|$)/u.exec(text)?.[0] ?? text.slice(0, 300);
}
