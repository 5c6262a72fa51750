/** Unicode normalization (Unicode Standard, 3.11 and 3.12); the engine is built without it. */
import { canonical, compatible, composites, marks, pairs, ranks } from 'unicode-tables';
import {
  charCodeAt,
  codePointAt,
  fromCodePoint,
  NativeFloat64Array,
  NativeUint32Array,
  RangeErrorClass,
  slice,
} from './intrinsics.ts';

interface Decompositions {
  readonly codes: Uint32Array;
  /** Where the text of each code ends in `texts`. */
  readonly ends: Uint32Array;
  readonly texts: string;
  readonly count: number;
}

/** The code points of `text`. Leaves no garbage, which would be in the built engine for ever. */
function codesOf(text: string): Uint32Array {
  const codes = new NativeUint32Array(text.length);
  let count = 0;
  for (let index = 0; index < text.length; count++) {
    codes[count] = codePointAt(text, index) as number;
    index += (codes[count] as number) > 0xffff ? 2 : 1;
  }
  return codes.subarray(0, count);
}

function table({ codes, lengths, texts }: typeof canonical): Decompositions {
  const sorted = codesOf(codes);
  const ends = codesOf(lengths);
  for (let index = 1; index < ends.length; index++) {
    ends[index] = (ends[index] as number) + (ends[index - 1] as number);
  }
  return { codes: sorted, ends, texts, count: sorted.length };
}

/** A pair as one number. */
const pairKey = (first: number, second: number): number => first * 2 ** 21 + second;

const canonicalTable = table(canonical);
const compatibleTable = table(compatible);
const markCodes = codesOf(marks);
const markRanks = codesOf(ranks);
const markCount = markCodes.length;
const pairComposites = codesOf(composites);
const pairCount = pairComposites.length;
const pairCodes = codesOf(pairs);
const pairKeys = new NativeFloat64Array(pairCount);
for (let index = 0; index < pairCount; index++) {
  pairKeys[index] = pairKey(pairCodes[2 * index] as number, pairCodes[2 * index + 1] as number);
}

const hangul = { first: 0xac00, lead: 0x1100, vowel: 0x1161, trail: 0x11a7 } as const;
const [vowels, trails, leads] = [21, 28, 19];

/** Place of `wanted` among the `count` sorted numbers; -1 where it is not. */
function find(sorted: Uint32Array | Float64Array, count: number, wanted: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] as number;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The order of a mark among others on one letter; 0 for what is no such mark. */
export function combiningClass(code: number): number {
  if (code < 0x300) return 0;
  const place = find(markCodes, markCount, code);
  return place < 0 ? 0 : (markRanks[place] as number);
}

function decomposition(code: number, { codes, ends, texts, count }: Decompositions): string {
  const place = find(codes, count, code);
  return place < 0 ? '' : slice(texts, place === 0 ? 0 : (ends[place - 1] as number), ends[place]);
}

function decomposeHangul(code: number): string {
  const index = code - hangul.first;
  const trail = index % trails;
  const syllable = (index - trail) / trails;
  const vowel = syllable % vowels;
  const text = fromCodePoint(hangul.lead + (syllable - vowel) / vowels, hangul.vowel + vowel);
  return trail === 0 ? text : text + fromCodePoint(hangul.trail + trail);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (charCodeAt(text, index) > 127) return false;
  return true;
}

/** The code points of `text`, marks in their order, as NFD has them, or NFKD. */
function decomposed(text: string, compatibly: boolean): number[] {
  const codes: number[] = [];
  let length = 0;
  const add = (code: number) => {
    const rank = combiningClass(code);
    let at = length;
    while (rank !== 0 && at > 0 && combiningClass(codes[at - 1] as number) > rank) {
      codes[at] = codes[at - 1] as number;
      at--;
    }
    codes[at] = code;
    length++;
  };
  for (let index = 0; index < text.length; ) {
    const code = codePointAt(text, index) as number;
    index += code > 0xffff ? 2 : 1;
    let parts = '';
    if (code >= hangul.first && code < hangul.first + leads * vowels * trails) {
      parts = decomposeHangul(code);
    } else if (code > 127) {
      if (compatibly) parts = decomposition(code, compatibleTable);
      if (parts === '') parts = decomposition(code, canonicalTable);
    }
    if (parts === '') add(code);
    for (let at = 0; at < parts.length; ) {
      const part = codePointAt(parts, at) as number;
      at += part > 0xffff ? 2 : 1;
      add(part);
    }
  }
  return codes;
}

/** What two code points become together; 0 where they stay two. */
function composite(first: number, second: number): number {
  const lead = first - hangul.lead;
  const vowel = second - hangul.vowel;
  if (lead >= 0 && lead < leads && vowel >= 0 && vowel < vowels) {
    return hangul.first + (lead * vowels + vowel) * trails;
  }
  const syllable = first - hangul.first;
  const trail = second - hangul.trail;
  const open = syllable >= 0 && syllable < leads * vowels * trails && syllable % trails === 0;
  if (open && trail > 0 && trail < trails) return first + trail;
  const place = find(pairKeys, pairCount, pairKey(first, second));
  return place < 0 ? 0 : (pairComposites[place] as number);
}

/** Puts letters and marks together, in place; returns how many code points are left. */
function compose(codes: number[]): number {
  let length = 0;
  let starter = -1;
  let lastRank = 0;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] as number;
    const rank = combiningClass(code);
    const blocked = starter < 0 || (lastRank !== 0 ? lastRank >= rank : length - 1 !== starter);
    const together = blocked ? 0 : composite(codes[starter] as number, code);
    if (together !== 0) {
      codes[starter] = together;
      continue;
    }
    if (rank === 0) starter = length;
    lastRank = rank;
    codes[length++] = code;
  }
  return length;
}

function written(codes: readonly number[], length: number): string {
  let text = '';
  for (let index = 0; index < length; index++) text += fromCodePoint(codes[index] as number);
  return text;
}

/** `text` in form NFD. */
export function decompose(text: string): string {
  if (isAscii(text)) return text;
  const codes = decomposed(text, false);
  return written(codes, codes.length);
}

/** @throws RangeError for a form that there is not */
export function normalize(text: string, form: string): string {
  const isComposed = form === 'NFC' || form === 'NFKC';
  if (!isComposed && form !== 'NFD' && form !== 'NFKD') {
    throw new RangeErrorClass('The normalization form must be NFC, NFD, NFKC or NFKD.');
  }
  if (isAscii(text)) return text;
  const codes = decomposed(text, form === 'NFKC' || form === 'NFKD');
  return written(codes, isComposed ? compose(codes) : codes.length);
}
