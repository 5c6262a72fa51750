import { SandboxError } from '@org/core';
import { isWord } from './chars.ts';

/** One place of a pattern: which characters may stand there, and how often. */
interface Step {
  readonly allowed: Uint8Array;
  readonly least: number;
  readonly most: number;
}

const longestMatch = 64;
const shortestMatch = 4;

/**
 * An operator's own pattern, in a subset of regular expressions that can't backtrack: characters,
 * `\d`, `\w`, classes such as `[A-Z0-9-]`, and behind each of them `{n}`, `{n,m}`, `?` or `+`.
 * Each step takes all it can and gives nothing back; a match has 4 to 64 characters of ASCII, and
 * does not begin or end within a word. So each place of a text costs at most 64 comparisons.
 */
export class OwnPattern {
  readonly name: string;
  readonly #steps: readonly Step[];
  /** What a match can begin with. */
  readonly #first = new Uint8Array(128);

  /** @throws SandboxError `CONFIG_INVALID`: not in the subset */
  constructor(name: string, source: string) {
    this.name = name;
    this.#steps = parse(source);
    const needed = this.#steps.findIndex(({ least }) => least > 0);
    for (const { allowed } of this.#steps.slice(0, needed + 1)) {
      for (const [code, is] of allowed.entries()) if (is === 1) this.#first[code] = 1;
    }
  }

  /** Whether a match can begin with this code unit. */
  begins(code: number): boolean {
    return this.#first[code] === 1;
  }

  /** The end of what begins at `at`, or -1. */
  end(text: string, at: number): number {
    if (isWord(text.charCodeAt(at)) && isWord(text.charCodeAt(at - 1))) return -1;
    let index = at;
    for (const { allowed, least, most } of this.#steps) {
      let count = 0;
      while (count < most && index - at < longestMatch && allowed[text.charCodeAt(index)] === 1) {
        index++;
        count++;
      }
      if (count < least) return -1;
    }
    if (index - at < shortestMatch) return -1;
    return isWord(text.charCodeAt(index - 1)) && isWord(text.charCodeAt(index)) ? -1 : index;
  }
}

function parse(source: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  let shortest = 0;
  while (at < source.length) {
    const [allowed, afterSet] = readSet(source, at);
    const [least, most, afterCount] = readCount(source, afterSet);
    steps.push({ allowed, least, most });
    shortest += least;
    at = afterCount;
  }
  if (shortest < shortestMatch || shortest > longestMatch) {
    throw invalid(source, `it must need ${shortestMatch} to ${longestMatch} characters`);
  }
  return steps;
}

const escapes: Readonly<Record<string, RegExp>> = { d: /\d/, w: /\w/ };

function setOf(matches: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(matches(String.fromCharCode(code))));
}

function readSet(source: string, at: number): [allowed: Uint8Array, end: number] {
  const character = source.charAt(at);
  if (character === '[') return readClass(source, at);
  if (character === '\\') return [setOf(escaped(source, at)), at + 2];
  if ('^$.|?*+(){}]'.includes(character)) throw invalid(source, `it has ${character}`);
  return [setOf(plain(source, character)), at + 1];
}

function plain(source: string, character: string): (other: string) => boolean {
  if (!/^[\x20-\x7e]$/.test(character)) throw invalid(source, 'it has characters beyond ASCII');
  return (other) => other === character;
}

function escaped(source: string, at: number): (other: string) => boolean {
  const character = source.charAt(at + 1);
  const known = Object.hasOwn(escapes, character) ? escapes[character] : undefined;
  if (known !== undefined) return (other) => known.test(other);
  if (character === '' || /[a-z0-9]/i.test(character))
    throw invalid(source, `it has \\${character}`);
  return plain(source, character);
}

function readClass(source: string, at: number): [allowed: Uint8Array, end: number] {
  const parts: ((character: string) => boolean)[] = [];
  let index = at + 1;
  if (source.charAt(index) === '^') throw invalid(source, 'it has a negated class');
  while (source.charAt(index) !== ']') {
    if (index >= source.length) throw invalid(source, 'a class does not end');
    const character = source.charAt(index);
    if (character === '\\') {
      parts.push(escaped(source, index));
      index += 2;
    } else if (source.charAt(index + 1) === '-' && source.charAt(index + 2) !== ']') {
      const last = source.charAt(index + 2);
      plain(source, character);
      plain(source, last);
      if (character > last) throw invalid(source, `it has the range ${character}-${last}`);
      parts.push((other) => other >= character && other <= last);
      index += 3;
    } else {
      parts.push(plain(source, character));
      index++;
    }
  }
  if (parts.length === 0) throw invalid(source, 'a class is empty');
  return [setOf((character) => parts.some((part) => part(character))), index + 1];
}

function readCount(source: string, at: number): [least: number, most: number, end: number] {
  const character = source.charAt(at);
  if (character === '?') return [0, 1, at + 1];
  if (character === '+') return [1, longestMatch, at + 1];
  if (character !== '{') return [1, 1, at];
  const end = source.indexOf('}', at);
  const match = /^(\d{1,2})(?:,(\d{1,2}))?$/.exec(source.slice(at + 1, Math.max(at + 1, end)));
  const least = Number(match?.[1]);
  const most = Number(match?.[2] ?? least);
  if (match === null || most < 1 || least > most) {
    throw invalid(source, 'a count must be {n} or {n,m}');
  }
  return [least, most, end + 1];
}

function invalid(source: string, why: string): SandboxError {
  return new SandboxError(
    'CONFIG_INVALID',
    `The pattern ${JSON.stringify(source.slice(0, 200))} cannot be used: ${why}.`,
    {
      hint: 'Use characters, \\d, \\w, classes such as [A-Z0-9], and {n}, {n,m}, ? or + behind them.',
    },
  );
}
