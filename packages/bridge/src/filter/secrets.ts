import { isWord, matchEnd } from './chars.ts';

type Alphabet = 'letters' | 'token';

interface KeyForm {
  readonly prefix: string;
  /** Of the characters behind the prefix: all letters, digits and `_`; with `token` also `-`. */
  readonly alphabet: Alphabet;
  readonly least: number;
  readonly most: number;
}

const form = (prefix: string, alphabet: Alphabet, least: number, most = 512): KeyForm => ({
  prefix,
  alphabet,
  least,
  most,
});

const forms: readonly KeyForm[] = [
  form('sk-', 'token', 20),
  form('sk_live_', 'letters', 16),
  form('sk_test_', 'letters', 16),
  form('rk_live_', 'letters', 16),
  form('whsec_', 'letters', 24),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => form(prefix, 'letters', 36)),
  form('github_pat_', 'letters', 40),
  form('glpat-', 'token', 20),
  form('npm_', 'letters', 36, 36),
  form('pypi-', 'token', 50),
  form('hf_', 'letters', 30, 64),
  ...['b', 'p', 'a', 'r', 's', 'e'].map((kind) => form(`xox${kind}-`, 'token', 10)),
  form('xapp-', 'token', 10),
  form('AKIA', 'letters', 16, 16),
  form('ASIA', 'letters', 16, 16),
  form('AIza', 'token', 35, 35),
  form('ya29.', 'token', 20),
  form('shpat_', 'letters', 32, 32),
  form('dop_v1_', 'letters', 64, 64),
  form('AGE-SECRET-KEY-1', 'letters', 58, 58),
];

const byStart = new Map<string, KeyForm[]>();
for (const each of forms) {
  const start = each.prefix.slice(0, 2);
  byStart.set(start, [...(byStart.get(start) ?? []), each]);
}

/** By the first two characters: whether `at()` has to look at all. */
const starts = new Uint8Array(128 * 128);
for (const start of [...byStart.keys(), 'ey', 'SG', 'Be', 'be']) {
  starts[start.charCodeAt(0) * 128 + start.charCodeAt(1)] = 1;
}

const bearer = /[Bb]earer[ \t]{1,4}([A-Za-z0-9_.~+/-]{16,4096}={0,2})/y;
const maxTokenPart = 16 * 1024;

/**
 * Finds keys in one text. A run of `-` and letters can begin many keys; it is measured once, so
 * that the whole text takes linear time.
 */
export class SecretFinder {
  readonly #text: string;
  #runStart = 0;
  #runEnd = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** A key that its prefix tells, a JSON Web Token, or a bearer token, whose scheme stays. */
  at(at: number): readonly [start: number, end: number] | undefined {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (starts[first * 128 + text.charCodeAt(at + 1)] !== 1) return undefined;
    if (first === 0x42 || first === 0x62) {
      bearer.lastIndex = at;
      const token = bearer.exec(text)?.[1];
      if (token !== undefined && /\d/.test(token)) {
        return [bearer.lastIndex - token.length, bearer.lastIndex];
      }
    }
    const start = text.slice(at, at + 2);
    if (start === 'ey') return this.#webToken(at);
    if (start === 'SG') return this.#dotted(at);
    for (const { prefix, alphabet, least, most } of byStart.get(start) ?? []) {
      if (!text.startsWith(prefix, at)) continue;
      const from = at + prefix.length;
      const end = alphabet === 'token' ? this.#run(from) : wordEnd(text, from);
      if (end - from >= least && end - from <= most) return [at, end];
    }
    return undefined;
  }

  /** End of the letters, digits, `_` and `-` from `at` on. */
  #run(at: number): number {
    if (at < this.#runStart || at >= this.#runEnd) {
      this.#runStart = at;
      this.#runEnd = at;
      for (;;) {
        const code = this.#text.charCodeAt(this.#runEnd);
        if (!isWord(code) && code !== 0x2d) break;
        this.#runEnd++;
      }
    }
    return this.#runEnd;
  }

  /** Header and claims of a JSON Web Token begin with `{"`; the signature may be cut off. */
  #webToken(at: number): readonly [number, number] | undefined {
    const text = this.#text;
    if (text.charAt(at + 2) !== 'J') return undefined;
    const header = this.#run(at);
    if (header - at < 12 || header - at > maxTokenPart || !text.startsWith('.eyJ', header)) {
      return undefined;
    }
    const claims = this.#run(header + 1);
    if (claims - header < 10) return undefined;
    return [at, text.charAt(claims) === '.' ? this.#run(claims + 1) : claims];
  }

  #dotted(at: number): readonly [number, number] | undefined {
    if (!this.#text.startsWith('SG.', at)) return undefined;
    const middle = this.#run(at + 3);
    if (middle - at < 19 || this.#text.charAt(middle) !== '.') return undefined;
    const end = this.#run(middle + 1);
    return end - middle > 16 ? [at, end] : undefined;
  }
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (isWord(text.charCodeAt(end))) end++;
  return end;
}

const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const maxPemCharacters = 64 * 1024;

/** A private key in PEM, to its end line; where that is missing, as far as it can reach. */
export function privateKey(text: string, at: number): number {
  const body = matchEnd(pemBegin, text, at);
  if (body === -1) return -1;
  const limit = Math.min(text.length, body + maxPemCharacters);
  for (let index = body; index < limit; index++) {
    if (text.charCodeAt(index) !== 0x2d || !text.startsWith('-----', index)) continue;
    if (!text.startsWith('-----END ', index)) return index;
    const end = text.slice(index + 9, index + 80).indexOf('-----');
    return end === -1 ? index : index + 9 + end + 5;
  }
  return limit;
}
