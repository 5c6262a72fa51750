import type { ToolRanker, ToolText } from '@org/core';

const dimensions = 2_048;

/** Counts of hashed letter groups of `text`, as a vector of length 1: the smallest embedding there is. */
function embed(text: string, weigh: (dimension: number) => number = () => 1): Float64Array {
  const vector = new Float64Array(dimensions);
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    const padded = ` ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) {
      let hash = 2_166_136_261;
      for (let at = start; at < start + 3; at++) {
        hash = Math.imul(hash ^ padded.charCodeAt(at), 16_777_619);
      }
      const dimension = (hash >>> 0) % dimensions;
      vector[dimension] = (vector[dimension] as number) + 1;
    }
  }
  for (const [dimension, count] of vector.entries()) {
    vector[dimension] = Math.log1p(count) * weigh(dimension);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function textOf({ server, name, title, description, parameters }: ToolText): string {
  return `${server} ${name} ${name} ${title} ${description.slice(0, 300)} ${parameters}`;
}

/** Ranks by the cosine of embeddings, as a ranker over a real embedding model would. */
export const ngramRanker: ToolRanker = {
  name: 'n-grams',
  async open(tools) {
    const plain = tools.map((tool) => embed(textOf(tool)));
    const rarity = (dimension: number) =>
      Math.log(1 + tools.length / (1 + plain.filter((vector) => vector[dimension] !== 0).length));
    const rarities = Array.from({ length: dimensions }, (_, dimension) => rarity(dimension));
    const weigh = (dimension: number) => rarities[dimension] as number;
    const vectors = tools.map((tool) => ({ id: tool.id, vector: embed(textOf(tool), weigh) }));
    return async (query) => {
      const wanted = embed(query, weigh);
      const cosine = (vector: Float64Array) =>
        vector.reduce((sum, value, at) => sum + value * (wanted[at] as number), 0);
      return vectors
        .map(({ id, vector }) => ({ id, near: cosine(vector) }))
        .filter(({ near }) => near > 0)
        .sort((a, b) => b.near - a.near || a.id - b.id)
        .map(({ id }) => id);
    };
  },
};
