/**
 * The engine is built without Unicode's data, so `\p{L}` in a regular expression is a syntax error
 * there. In literals, each property is replaced by the characters that have it.
 */

/** Most characters that the properties of one file may grow into. */
export const maxExpansion = 4 * 1024 * 1024;

type Range = readonly [first: number, last: number];
const surrogates: Range = [0xd800, 0xdfff];
const lastCode = 0x10ffff;

let allCharacters: string | undefined;

function everyCharacter(): string {
  if (allCharacters !== undefined) return allCharacters;
  let text = '';
  for (let code = 0; code <= lastCode; code++) {
    if (code < surrogates[0] || code > surrogates[1]) text += String.fromCodePoint(code);
  }
  allCharacters = text;
  return text;
}

function rangesOf(property: string): readonly Range[] | undefined {
  let having: RegExp;
  try {
    having = new RegExp(`\\p{${property}}+`, 'gu');
  } catch {
    // No property, or one of whole texts: the guest's own parser says so.
    return undefined;
  }
  const ranges: Range[] = [];
  const add = (first: number, last: number) => {
    const before = ranges.at(-1);
    if (before?.[1] === first - 1) ranges[ranges.length - 1] = [before[0], last];
    else ranges.push([first, last]);
  };
  const withSurrogates = new RegExp(`^\\p{${property}}$`, 'u').test('\ud800');
  for (const [run] of everyCharacter().matchAll(having)) {
    const first = run.codePointAt(0) as number;
    const tail = run.charCodeAt(run.length - 1);
    const isPair = tail >= 0xdc00 && tail <= 0xdfff;
    const last = run.codePointAt(run.length - (isPair ? 2 : 1)) as number;
    // A run that steps over the surrogates is two.
    if (first < surrogates[0] && last > surrogates[1] && !withSurrogates) {
      add(first, surrogates[0] - 1);
      add(surrogates[1] + 1, last);
    } else {
      add(first, last);
    }
  }
  if (
    withSurrogates &&
    !ranges.some(([first, last]) => first < surrogates[0] && last > surrogates[1])
  ) {
    ranges.push(surrogates);
    ranges.sort(([left], [right]) => left - right);
  }
  return ranges;
}

function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= lastCode) gaps.push([next, lastCode]);
  return gaps;
}

const hex = (code: number): string => `\\u{${code.toString(16)}}`;
const classText = (ranges: readonly Range[]): string =>
  ranges
    .map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`))
    .join('');

const cache = new Map<string, { readonly having: string; readonly lacking: string } | undefined>();

function textsOf(property: string): { having: string; lacking: string } | undefined {
  if (cache.has(property)) return cache.get(property);
  const ranges = rangesOf(property);
  const texts =
    ranges === undefined
      ? undefined
      : { having: classText(ranges), lacking: classText(complement(ranges)) };
  cache.set(property, texts);
  return texts;
}

/** The pattern of a regular expression with flag `u` or `v`, with its properties written out. */
export function withoutProperties(pattern: string, flags: string): string {
  if (!/[uv]/u.test(flags)) return pattern;
  let depth = 0;
  return pattern.replace(
    /\\([pP])\{([\w=]{1,100})\}|\\.|[[\]]/gsu,
    (token, kind: string | undefined, property: string | undefined) => {
      if (token === '[') depth++;
      if (token === ']') depth = Math.max(0, depth - 1);
      if (kind === undefined || property === undefined) return token;
      const texts = textsOf(property);
      if (texts === undefined) return token;
      // With `v`, classes nest, and case folding comes before the complement.
      if (flags.includes('v')) return `[${kind === 'P' ? '^' : ''}${texts.having}]`;
      const text = kind === 'P' ? texts.lacking : texts.having;
      return depth > 0 ? text : `[${text}]`;
    },
  );
}

export interface RegExpLiteral {
  readonly start: number;
  readonly end: number;
  readonly regex: { readonly pattern: string; readonly flags: string };
}

/** The regular expressions written in a syntax tree (ESTree). */
export function* regExpLiterals(node: unknown): Generator<RegExpLiteral> {
  // A list instead of recursion: source may be nested deeper than the stack.
  const open: unknown[] = [node];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('regex' in next && 'start' in next && 'end' in next) yield next as RegExpLiteral;
    else for (const child of Object.values(next)) open.push(child);
  }
}
