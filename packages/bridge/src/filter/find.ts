import { isDigit, isHex, isLetter, isSeparator, isUpper, isWord } from './chars.ts';
import { type Hint, hintAt } from './hints.ts';
import { type ContentKind, type Finding, literalKind } from './kinds.ts';
import { bareSsn, letteredIds, numericIds } from './national-ids.ts';
import { email, ipv4, ipv6, urlPassword } from './network.ts';
import type { OwnPattern } from './own-pattern.ts';
import { card, iban } from './payment.ts';
import { internationalPhone, namedPhone, nationalPhone } from './phone.ts';
import { privateKey, SecretFinder } from './secrets.ts';
import { tokenEnd } from './token.ts';

export interface FindOptions {
  readonly kinds: ReadonlySet<ContentKind>;
  readonly patterns: readonly OwnPattern[];
  /** Names of kinds as tokens have them: what looks like their tokens is found as `literal`. */
  readonly tokenKinds: ReadonlySet<string>;
}

/** How far behind a word such as "phone" a bare number is taken for one, in characters. */
const hintReach = 24;
/** Of hex digits and colons. */
const longestAddress = 39;
const smallNumbers = /^[1-9](?:\.\d\d?){3}$/;

/**
 * What of `text` shall not be seen, from left to right and without overlaps. One pass, in which
 * each place costs a bounded time.
 * @param key of the object's member that `text` is the value of
 */
export function findContent(text: string, options: FindOptions, key = ''): Finding[] {
  return new Search(text, options, key).run();
}

class Search {
  readonly #text: string;
  readonly #options: FindOptions;
  readonly #found: Finding[] = [];
  readonly #secrets: SecretFinder;
  readonly #key: string;
  #keyHints: readonly Hint[] | undefined;
  /** Where the last finding ended. */
  #floor = 0;
  #chainEnd = 0;
  /** Where the last word ended that can have letters. */
  #lettersEnd = -hintReach;

  constructor(text: string, options: FindOptions, key: string) {
    this.#text = text;
    this.#options = options;
    this.#secrets = new SecretFinder(text);
    this.#key = key;
  }

  run(): Finding[] {
    const text = this.#text;
    const { length } = text;
    const { patterns } = this.#options;
    let at = 0;
    while (at < length) {
      const code = text.charCodeAt(at);
      const end = patterns.length === 0 ? -1 : this.#own(at, code);
      if (end !== -1) at = end;
      else if (isWord(code)) at = this.#word(at, code);
      else at = this.#sign(at, code);
    }
    return this.#found;
  }

  #own(at: number, code: number): number {
    for (const pattern of this.#options.patterns) {
      if (!pattern.begins(code)) continue;
      const end = pattern.end(this.#text, at);
      if (end !== -1) return this.#take(at, end, pattern.name);
    }
    return -1;
  }

  #take(start: number, end: number, kind: string): number {
    this.#found.push({ start, end, kind });
    this.#floor = end;
    return end;
  }

  /** Looks at what begins with a word; where to go on: behind it, or behind what was found. */
  #word(at: number, first: number): number {
    const text = this.#text;
    const { kinds } = this.#options;
    const end = isDigit(first) ? this.#number(at) : this.#letters(at, first);
    if (end !== -1) return end;
    if (kinds.has('ip') && isHex(first) && this.#chainBegins(at)) {
      const address = ipv6(text, at);
      if (address !== -1) return this.#take(at, address, 'ip');
    }
    let next = at + 1;
    while (isWord(text.charCodeAt(next))) next++;
    if (!isDigit(first) || next > at + 1) this.#lettersEnd = next;
    return next;
  }

  /** Whether hex digits and colons begin here that can be an address; a chain is looked at once. */
  #chainBegins(at: number): boolean {
    if (at < this.#chainEnd) return false;
    const text = this.#text;
    let index = at + 1;
    while (index < at + 4 && isHex(text.charCodeAt(index))) index++;
    if (text.charCodeAt(index) !== 0x3a) return false;
    while (text.charCodeAt(index) === 0x3a || isHex(text.charCodeAt(index))) index++;
    this.#chainEnd = index;
    return index - at <= longestAddress;
  }

  /** Whether the name of the member, or a word shortly before `at`, says what a number is. */
  #isNamed(at: number, wanted: Hint): boolean {
    this.#keyHints ??= hintsOf(this.#key);
    if (at < hintReach && this.#keyHints.includes(wanted)) return true;
    if (this.#lettersEnd <= at - hintReach) return false;
    const text = this.#text;
    for (let index = Math.max(0, at - hintReach); index < at; index++) {
      if (!isLetter(text.charCodeAt(index)) || isLetter(text.charCodeAt(index - 1))) continue;
      if (hintAt(text, index) === wanted) return true;
    }
    return false;
  }

  #number(at: number): number {
    const text = this.#text;
    const { kinds } = this.#options;
    const before = text.charCodeAt(at - 1);
    // The rest of a decimal number, of a UUID, of a date.
    const continues = (before === 0x2e || before === 0x2d) && isWord(text.charCodeAt(at - 2));
    if (continues) return -1;
    if (this.#dotSoon(at) && kinds.has('ip')) {
      const end = ipv4(text, at);
      if (end !== -1 && !this.#isVersion(at, end)) return this.#take(at, end, 'ip');
    }
    if (!this.#digitsAhead(at)) return -1;
    let run = 1;
    while (run < 20 && isDigit(text.charCodeAt(at + run))) run++;
    if (kinds.has('card') && (run === 4 || run > 12)) {
      const end = card(text, at);
      if (end !== -1) return this.#take(at, end, 'card');
    }
    if (kinds.has('national_id')) {
      for (const recognise of numericIds(run, text.charCodeAt(at + run))) {
        const end = recognise(text, at);
        if (end !== -1) return this.#take(at, end, 'national_id');
      }
      if ((run === 9 || run === 3) && this.#isNamed(at, 'ssn')) {
        const end = bareSsn(text, at);
        if (end !== -1) return this.#take(at, end, 'national_id');
      }
    }
    return kinds.has('phone') ? this.#phone(at, run) : -1;
  }

  /**
   * Whether four numbers are rather a version: their member is named so, or all are as small as in
   * versions and nothing names an address. Of 400 public addresses one is as small.
   */
  #isVersion(at: number, end: number): boolean {
    this.#keyHints ??= hintsOf(this.#key);
    if (at < hintReach && this.#keyHints.includes('version')) return true;
    const text = this.#text;
    if (!smallNumbers.test(text.slice(at, end)) || ':/'.includes(text.charAt(end) || ' ')) {
      return false;
    }
    return !this.#isNamed(at, 'address');
  }

  #dotSoon(at: number): boolean {
    let index = at + 1;
    while (index < at + 3 && isDigit(this.#text.charCodeAt(index))) index++;
    return this.#text.charCodeAt(index) === 0x2e;
  }

  /** Whether there are 7 digits from `at` on, with at most two separators between two of them. */
  #digitsAhead(at: number): boolean {
    let digits = 0;
    let gap = 0;
    for (let index = at; digits < 7; index++) {
      const code = this.#text.charCodeAt(index);
      if (isDigit(code)) {
        digits++;
        gap = 0;
      } else if (++gap > 2 || !isSeparator(code)) return false;
    }
    return true;
  }

  #phone(at: number, run: number): number {
    const end = nationalPhone(this.#text, at, run);
    if (end !== -1) return this.#take(at, end, 'phone');
    if (!this.#isNamed(at, 'phone')) return -1;
    const named = namedPhone(this.#text, at);
    return named === -1 ? -1 : this.#take(at, named, 'phone');
  }

  #letters(at: number, first: number): number {
    const text = this.#text;
    const { kinds } = this.#options;
    if (kinds.has('api_key')) {
      const found = this.#secrets.at(at);
      if (found !== undefined) return this.#take(found[0], found[1], 'api_key');
    }
    if (kinds.has('iban') && isDigit(text.charCodeAt(at + 2))) {
      const end = iban(text, at);
      if (end !== -1) return this.#take(at, end, 'iban');
    }
    if (isUpper(first) && kinds.has('national_id')) {
      for (const recognise of letteredIds) {
        const end = recognise(text, at);
        if (end !== -1) return this.#take(at, end, 'national_id');
      }
    }
    return -1;
  }

  /** What begins with, or stands around, a sign. */
  #sign(at: number, code: number): number {
    const text = this.#text;
    const { kinds } = this.#options;
    switch (code) {
      case 0x40: // @
        return this.#address(at, at + 1);
      case 0x25: // %
        return text.startsWith('40', at + 1) ? this.#address(at, at + 3) : at + 1;
      case 0x2b: // +
      case 0x28: // (
        if (kinds.has('phone')) {
          const end = code === 0x2b ? internationalPhone(text, at) : this.#phoneInBrackets(at);
          if (end !== -1) return this.#take(at, end, 'phone');
        }
        return at + 1;
      case 0x3a: // :
        if (
          kinds.has('ip') &&
          text.charCodeAt(at + 1) === 0x3a &&
          !isWord(text.charCodeAt(at - 1))
        ) {
          const end = ipv6(text, at);
          if (end !== -1) return this.#take(at, end, 'ip');
        }
        return at + 1;
      case 0x2d: // -
        if (kinds.has('api_key') && text.startsWith('-----BEGIN ', at)) {
          const end = privateKey(text, at);
          if (end !== -1) return this.#take(at, end, 'api_key');
        }
        return at + 1;
      case 0x5b: // [
        if (text.charCodeAt(at + 1) === 0x5b) {
          const end = tokenEnd(text, at, this.#options.tokenKinds);
          if (end !== -1) return this.#take(at, end, literalKind);
        }
        return at + 1;
      default:
        return at + 1;
    }
  }

  #phoneInBrackets(at: number): number {
    if (!isDigit(this.#text.charCodeAt(at + 1))) return -1;
    const end = nationalPhone(this.#text, at, 0);
    if (end !== -1) return end;
    return this.#isNamed(at, 'phone') ? namedPhone(this.#text, at) : -1;
  }

  #address(at: number, after: number): number {
    const { kinds } = this.#options;
    if (kinds.has('api_key') && after === at + 1) {
      const start = urlPassword(this.#text, at, this.#floor);
      if (start !== -1) return this.#take(start, at, 'api_key');
    }
    if (kinds.has('email')) {
      const found = email(this.#text, at, after, this.#floor);
      if (found !== undefined) return this.#take(found[0], found[1], 'email');
    }
    return after;
  }
}

/** What the parts of `phoneNumber` or `customer_ssn` say. */
function hintsOf(key: string): readonly Hint[] {
  if (key === '') return [];
  const spaced = key.slice(0, 128).replaceAll(/([a-z])(?=[A-Z])/g, '$1_');
  return spaced.split(/[^A-Za-z]+/).flatMap((part) => hintAt(part, 0) ?? []);
}
