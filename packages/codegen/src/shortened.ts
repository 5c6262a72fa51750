const sentenceEnd = /[.!?](?=\s)|\n/g;

/**
 * The first sentences or lines of `text` that fit into `maxLength` characters, with ` …` where more
 * follow; a first one that is too long ends after a word of it. Not escaped.
 */
export function shortened(text: string, maxLength: number): string {
  const bounded = text.slice(0, maxLength * 4).trim();
  if (bounded.length <= maxLength && text.length <= maxLength * 4) return bounded;
  let end = 0;
  for (const match of bounded.matchAll(sentenceEnd)) {
    const next = match.index + (match[0] === '\n' ? 0 : 1);
    if (next > maxLength) break;
    end = next;
  }
  if (end < maxLength / 3) {
    const space = bounded.lastIndexOf(' ', maxLength);
    end = space > 0 ? space : maxLength;
  }
  return `${bounded.slice(0, end).trimEnd().toWellFormed()} …`;
}

const fillers = new Set(
  'a an and are be been by each for from if in indicates is it its of on or that the this to was were whether which with'.split(
    ' ',
  ),
);

function words(text: string): string[] {
  const spaced = text.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ').toLowerCase();
  return spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !fillers.has(word));
}

/** `text` has no word that the name of what it describes lacks: `The branch name` of `branchName`. */
export function repeatsName(text: string, name: string): boolean {
  if (text.length > 100) return false;
  const known = words(name);
  return words(text).every(
    (word) => known.includes(word) || known.includes(word.replace(/s$/, '')),
  );
}
