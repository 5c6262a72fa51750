/**
 * The order of texts that `localeCompare` gives: as in a dictionary, whatever the locale. First
 * letters and digits count, without accents and case; then accents; then case, small letters first.
 */
import { charCodeAt, codePointAt, fromCodePoint, toLowerCase } from './intrinsics.ts';
import { combiningClass, decompose } from './normalization.ts';

/** ASCII from the first to the last, where letters and digits follow. */
const order =
  '\t\n\v\f\r _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ';
const [zero, nine, firstLetter] = [order.indexOf('0'), order.indexOf('9'), order.indexOf('a')];

/** Rank of each ASCII character; 0 for control characters, which do not count. */
const ranks: number[] = [];
for (let code = 0; code < 128; code++) {
  const place = order.indexOf(String.fromCharCode(code));
  // Both cases of a letter have one rank.
  ranks[code] = place < firstLetter ? place + 1 : firstLetter + 1 + ((place - firstLetter) >> 1);
}
const [rankOfZero, rankOfNine, beyondAscii] = [zero + 1, nine + 1, 1_000];

/** Letters that have no decomposition, but stand with others. */
const standsWith: Readonly<Record<string, string>> = {
  __proto__: null as never,
  ß: 'ss',
  æ: 'ae',
  đ: 'd',
  ħ: 'h',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
};

interface Keys {
  readonly primary: number[];
  readonly accents: number[];
  readonly cases: number[];
}

const rankOf = (text: string, index: number): number => ranks[charCodeAt(text, index)] ?? 0;
const isDigit = (rank: number): boolean => rank >= rankOfZero && rank <= rankOfNine;

function keysOf(text: string, numeric: boolean): Keys {
  const primary: number[] = [];
  const accents: number[] = [];
  const cases: number[] = [];
  const plain = decompose(text);
  for (let index = 0; index < plain.length; ) {
    const code = codePointAt(plain, index) as number;
    index += code > 0xffff ? 2 : 1;
    if (combiningClass(code) !== 0) {
      accents[accents.length] = code;
      continue;
    }
    let rank = code < 128 ? (ranks[code] as number) : 0;
    let isUpper = code >= 65 && code <= 90;
    if (code >= 128) {
      const small = toLowerCase(fromCodePoint(code));
      const lower = codePointAt(small, 0) as number;
      isUpper = lower !== code;
      const letters = standsWith[small];
      rank = letters === undefined ? beyondAscii + lower : rankOf(letters, 0);
      if (letters !== undefined) {
        accents[accents.length] = 0;
        accents[accents.length] = lower;
        cases[cases.length] = isUpper ? 1 : 0;
        primary[primary.length] = rank;
        if (letters.length > 1) primary[primary.length] = rankOf(letters, 1);
        continue;
      }
    }
    if (rank === 0) continue;
    accents[accents.length] = 0;
    cases[cases.length] = isUpper ? 1 : 0;
    if (numeric && isDigit(rank)) index = addNumber(plain, index - 1, primary);
    else primary[primary.length] = rank;
  }
  return { primary, accents, cases };
}

/** Adds the number that begins at `from`: longer ones are greater. Returns where it ends. */
function addNumber(text: string, from: number, primary: number[]): number {
  let start = from;
  while (charCodeAt(text, start) === 48 && isDigit(rankOf(text, start + 1))) start++;
  let end = start;
  while (isDigit(rankOf(text, end))) end++;
  primary[primary.length] = rankOfZero;
  primary[primary.length] = end - start;
  for (let index = start; index < end; index++) {
    primary[primary.length] = charCodeAt(text, index);
  }
  return end;
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  const length = left.length < right.length ? left.length : right.length;
  for (let index = 0; index < length; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
}

/** For ASCII without numbers to compare; undefined where that does not do. */
function compareAscii(left: string, right: string, withCase: boolean): number | undefined {
  const length = left.length < right.length ? left.length : right.length;
  let byCase = 0;
  for (let index = 0; index < length; index++) {
    const a = charCodeAt(left, index);
    const b = charCodeAt(right, index);
    if (a === b && a < 128) continue;
    const rankA = ranks[a];
    const rankB = ranks[b];
    if (rankA === undefined || rankB === undefined || rankA === 0 || rankB === 0) return undefined;
    if (rankA !== rankB) return rankA < rankB ? -1 : 1;
    if (byCase === 0) byCase = a > b ? -1 : 1;
  }
  for (let index = length; index < left.length; index++) {
    if (rankOf(left, index) === 0) return undefined;
  }
  for (let index = length; index < right.length; index++) {
    if (rankOf(right, index) === 0) return undefined;
  }
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return withCase ? byCase : 0;
}

interface CollationOptions {
  readonly numeric?: unknown;
  readonly sensitivity?: unknown;
}

/** -1, 0 or 1. */
export function compareText(left: string, right: string, given?: unknown): number {
  if (left === right) return 0;
  const options = (given ?? {}) as CollationOptions;
  const { sensitivity = 'variant' } = options;
  const numeric = Boolean(options.numeric);
  const withCase = sensitivity === 'variant' || sensitivity === 'case';
  if (!numeric) {
    const result = compareAscii(left, right, withCase);
    if (result !== undefined) return result;
  }
  const a = keysOf(left, numeric);
  const b = keysOf(right, numeric);
  const byPrimary = compareLists(a.primary, b.primary);
  if (byPrimary !== 0) return byPrimary;
  if (sensitivity !== 'base' && sensitivity !== 'case') {
    const byAccents = compareLists(a.accents, b.accents);
    if (byAccents !== 0) return byAccents;
  }
  return withCase ? compareLists(a.cases, b.cases) : 0;
}
