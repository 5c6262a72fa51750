import type { ToolRanker, ToolText } from '@org/core';
import MiniSearch from 'minisearch';
import { firstSentence } from './first-sentence.ts';
import { queryWords } from './query-words.ts';
import { concepts } from './synonyms.ts';
import { wholeNames, words } from './words.ts';

/*
 * BM25 over three fields: the words that say what a tool is (name, title, description, each as often
 * as it weighs), those of its parameters, and names of several words in one piece. Constants were chosen with the questions of
 * test/fixtures/questions.txt; docs/search.md has what they reach, and neighbours of them reach the
 * same within a hundredth.
 */

/** How often a text's words count. */
const weights = { name: 4, title: 2, server: 1, summary: 3, description: 1 };
const fieldBoosts = { about: 1, parameters: 0.3, wholes: 3 };
/** BM25: how soon repetition stops to count, how much length costs, what a mere mention is worth. */
const bm25 = { k: 2, b: 0.6, d: 0 };
/** A synonym, a longer word and a near word, against the word itself. */
const synonymWorth = 0.7;
const wordMatches = { prefix: 0.3, fuzzy: 0.2 };
const minPrefixLength = 3;
const minFuzzyLength = 5;
/** Edits, as a part of the word's length. */
const fuzziness = 0.2;
/** Of a verb such as `find`, which says more about the one who asks than about the tool. */
const commonVerbWorth = 0.5;
/** What a tool gains whose name is in the query as a whole. */
const nameBonus = 0.5;
const maxQueryWords = 32;

const commonVerbs = new Set(
  words(
    `find get show list search look give tell read run set open make add do see check create change
     start work since last next first know`,
  ),
);

/**
 * Ranks by words of names, descriptions and parameters; by their synonyms, by longer words that
 * begin with them, and by near words where no tool has the word. A tool that matches more of the
 * query's telling words comes first. The same tools and query give the same order.
 */
export const wordRanker: ToolRanker = {
  name: 'words',
  async open(tools) {
    const index = new WordIndex(tools);
    return async (query) => index.rank(query);
  },
};

type Scores = Map<number, number>;

/** What a word of a query found. */
interface Found {
  readonly scores: Scores;
  /** Rare words tell more (inverse document frequency). */
  readonly telling: number;
}

class WordIndex {
  readonly #index = new MiniSearch<{
    id: number;
    about: string[];
    parameters: string[];
    wholes: string[];
  }>({
    fields: ['about', 'parameters', 'wholes'],
    // Fields are lists of words already.
    tokenize: (text) => text.split(' '),
    processTerm: (word) => word,
    stringifyField: (value) => (value as unknown as string[]).join(' '),
  });
  readonly #known = new Set<string>();
  readonly #size: number;
  readonly #names: ReadonlyMap<number, readonly string[]>;
  /** In how many names a word is. */
  readonly #nameCounts = new Map<string, number>();

  constructor(tools: readonly ToolText[]) {
    this.#size = tools.length;
    this.#names = new Map(tools.map(({ id, name }) => [id, [...new Set(words(name))]]));
    for (const name of this.#names.values()) {
      for (const word of name) this.#nameCounts.set(word, (this.#nameCounts.get(word) ?? 0) + 1);
    }
    for (const tool of tools) {
      const texts = { ...tool, summary: firstSentence(tool.description, 300) };
      const about = Object.entries(weights).flatMap(([field, times]) => {
        const found = words(texts[field as keyof typeof weights]);
        return Array.from({ length: times }, () => found).flat();
      });
      const parameters = words(`${tool.parameters} ${tool.parameterDescriptions}`);
      const wholes = wholeNames(`${tool.name} ${tool.parameters}`);
      for (const word of [...about, ...parameters, ...wholes]) this.#known.add(word);
      this.#index.add({
        id: tool.id,
        about: withConcepts(about),
        parameters: withConcepts(parameters),
        wholes,
      });
    }
  }

  rank(query: string): number[] {
    const wanted = queryWords(query).slice(0, maxQueryWords);
    const totals: Scores = new Map();
    const covered: Scores = new Map();
    let telling = 0;
    for (const word of wanted) {
      const found = this.#find(word, wanted.length > 2 && commonVerbs.has(word));
      if (found === undefined) continue;
      telling += found.telling;
      const best = Math.max(...found.scores.values());
      for (const [id, score] of found.scores) {
        totals.set(id, (totals.get(id) ?? 0) + score);
        const share = found.telling * Math.min(1, (2 * score) / best);
        covered.set(id, (covered.get(id) ?? 0) + share);
      }
    }
    const meant = new Set(withConcepts(wanted));
    const scored = [...totals].map(([id, total]): [number, number] => [
      id,
      total *
        Math.sqrt((covered.get(id) ?? 0) / telling) *
        (1 + nameBonus * this.#nameShare(id, meant)),
    ]);
    return scored.sort(([a, left], [b, right]) => right - left || a - b).map(([id]) => id);
  }

  #find(word: string, isCommon: boolean): Found | undefined {
    const scores: Scores = new Map();
    const isNear = word.length >= minFuzzyLength && !word.startsWith('=') && !this.#known.has(word);
    const own = this.#index.search(word, {
      boost: fieldBoosts,
      bm25,
      prefix: word.length >= minPrefixLength && !word.startsWith('='),
      fuzzy: isNear && fuzziness,
      weights: wordMatches,
    });
    for (const { id, score } of own) scores.set(id, score);
    for (const concept of concepts.get(word) ?? []) {
      for (const { id, score } of this.#index.search(concept, { boost: fieldBoosts, bm25 })) {
        scores.set(id, Math.max(scores.get(id) ?? 0, score * synonymWorth));
      }
    }
    if (scores.size === 0) return undefined;
    const telling = Math.log(1 + (this.#size - scores.size + 0.5) / (scores.size + 0.5));
    if (isCommon) for (const [id, score] of scores) scores.set(id, score * commonVerbWorth);
    return { scores, telling };
  }

  /** How much of the name of a tool is in the query, from 0 to 1; its rare words count more. */
  #nameShare(id: number, meant: ReadonlySet<string>): number {
    let [matched, all] = [0, 0];
    for (const word of this.#names.get(id) ?? []) {
      const telling = Math.log(1 + this.#size / (this.#nameCounts.get(word) ?? 1));
      all += telling;
      if (withConcepts([word]).some((one) => meant.has(one))) matched += telling;
    }
    return all === 0 ? 0 : matched / all;
  }
}

function withConcepts(own: readonly string[]): string[] {
  return [...own, ...own.flatMap((word) => concepts.get(word) ?? [])];
}
