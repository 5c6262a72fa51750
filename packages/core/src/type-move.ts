import { plainText } from './plain-text.ts';

/** A place where a result is not what its type says. Holds names and kinds, no values. */
export interface TypeMove {
  /** Where in the result, such as `items[].assignee`; empty for the result itself. */
  readonly path: string;
  /** What is there: `null`, `string`, `missing`, … */
  readonly is: string;
  readonly says: string;
}

const shownMoves = 3;
const shownCharacters = 120;

/**
 * A step of a path: `.name`, or `["a name"]`. Longer names are cut.
 * @param name of a server: hostile
 */
export function pathStep(name: string): string {
  const text = plainText(name.slice(0, 40)).replaceAll(/\s+/gu, ' ');
  return text === name && /^[\w$]+$/u.test(name) ? `.${name}` : `[${JSON.stringify(text)}]`;
}

/**
 * What an agent is told about a result that its type does not fit: at most three places.
 * @param origin where the type is from: `declared`, or `observed <n>`
 */
export function typeMoveText(
  call: { readonly server: string; readonly tool: string },
  moves: readonly TypeMove[],
  origin: string,
): string {
  const sentences = moves.slice(0, shownMoves).map(({ path, is, says }) => {
    const place = `result${path === '' || path.startsWith('[') ? path : `.${path.replace(/^\./, '')}`}`;
    const [at, what, wanted] = [place, is, says].map(shown);
    return `${at} is ${what}; the type says ${wanted} (${origin}).`;
  });
  if (moves.length > shownMoves) sentences.push(`And ${moves.length - shownMoves} more.`);
  return `${shown(`${call.server}.${call.tool}`)}: ${sentences.join(' ')}`;
}

function shown(text: string): string {
  const plain = plainText(text.slice(0, 1_000)).replaceAll(/\s+/gu, ' ');
  return plain.length <= shownCharacters ? plain : `${plain.slice(0, shownCharacters)}…`;
}
