import { digitsOf, endsNumber, isDigit, isWord, matchEnd } from './chars.ts';

/** Calling codes (ITU-T E.164) with the most digits that follow; others have at most 15 in all. */
const longest: Readonly<Record<string, number>> = {
  1: 10,
  7: 10,
  20: 10,
  27: 9,
  30: 10,
  31: 9,
  32: 9,
  33: 9,
  34: 9,
  36: 9,
  39: 11,
  40: 9,
  41: 9,
  43: 13,
  44: 10,
  45: 8,
  46: 9,
  47: 8,
  48: 9,
  49: 11,
  51: 9,
  52: 10,
  54: 11,
  55: 11,
  56: 9,
  57: 10,
  60: 10,
  61: 9,
  62: 12,
  63: 10,
  64: 10,
  65: 8,
  66: 9,
  81: 10,
  82: 10,
  84: 10,
  86: 11,
  90: 10,
  91: 10,
  92: 10,
  351: 9,
  352: 9,
  353: 9,
  354: 9,
  358: 10,
  359: 9,
  370: 8,
  371: 8,
  372: 8,
  380: 9,
  385: 9,
  386: 8,
  420: 9,
  421: 9,
  852: 8,
  880: 10,
  886: 9,
  966: 9,
  971: 9,
  972: 9,
};
const unknownLongest = 12;

/** How many digits may follow the calling code with which `digits` begin; 0: there is none. */
function nationalDigits(digits: string): { readonly code: number; readonly most: number } {
  for (const code of [1, 2, 3]) {
    const most = longest[digits.slice(0, code)];
    if (most !== undefined) return { code, most };
  }
  return { code: 3, most: digits.startsWith('0') ? 0 : unknownLongest };
}

const separators = ' -./()\u00a0\u2011';

/** `+`, a calling code, and 7 to 15 digits in all with single separators between. */
export function internationalPhone(text: string, at: number): number {
  if (isWord(text.charCodeAt(at - 1)) || text.charAt(at - 1) === '+') return -1;
  let digits = '';
  let end = -1;
  let gap = 0;
  let most = 15;
  /** The last group that was long enough: what follows it may be another number. */
  let groupEnd = -1;
  for (let index = at + 1; gap < 3 && digits.length < most; index++) {
    const character = text.charAt(index);
    if (isDigit(text.charCodeAt(index))) {
      // What follows a trunk prefix in parentheses, +49 (0) 30, is not counted.
      if (!(character === '0' && text.charAt(index - 1) === '(')) digits += character;
      if (digits.length === 3) {
        const { code, most: national } = nationalDigits(digits);
        most = national === 0 ? 0 : code + national;
      }
      end = index + 1;
      gap = 0;
    } else if (separators.includes(character) && character !== '' && digits !== '') {
      if (gap === 0 && digits.length >= 8) groupEnd = end;
      gap++;
    } else break;
  }
  if (digits.length < 8 || digits.length > most) return -1;
  return isWord(text.charCodeAt(end)) ? groupEnd : end;
}

const northAmerican =
  /(?:1[-. ])?(?:\([2-9]\d\d\) ?[2-9]\d\d[-. ]\d{4}|[2-9]\d\d([-.])[2-9]\d\d\1\d{4})/y;
const pairs = /0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}/y;
const zeroPrefixed =
  /(?:\(0\d{2,4}\)|0[1-9]\d{1,3})(?: ?[/-] ?\d{5,8}|[ /]\d{3,4} \d{3,4}| \d{6,8}|[ /]\d{3}-\d{3,5})/y;

/**
 * Forms of North America, France, Germany and the United Kingdom that separators make plain.
 * @param run how many digits stand at `at`; 0 where there is a bracket
 */
export function nationalPhone(text: string, at: number, run: number): number {
  if (run === 0 ? text.charAt(at + 4) === ')' : run === 3 || (run === 1 && text[at] === '1')) {
    const end = matchEnd(northAmerican, text, at);
    if (end !== -1 && endsNumber(text, end)) return end;
  }
  if (text.charAt(run === 0 ? at + 1 : at) !== '0') return -1;
  if (run === 2) {
    const end = matchEnd(pairs, text, at);
    return end !== -1 && endsNumber(text, end) ? end : -1;
  }
  if (run > 5) return -1;
  const end = matchEnd(zeroPrefixed, text, at);
  if (end === -1 || !endsNumber(text, end)) return -1;
  const { length } = digitsOf(text.slice(at, end));
  return length >= 9 && length <= 12 ? end : -1;
}

const anyDigits = /\(?\d(?:[ ()./-]{0,2}\d){6,14}/y;
const date = /(?:19|20)\d\d[-./]?(?:0[1-9]|1[0-2])/y;

/** 7 to 15 digits with separators: only where the text before says that it is a phone number. */
export function namedPhone(text: string, at: number): number {
  const end = matchEnd(anyDigits, text, at);
  return end !== -1 && endsNumber(text, end) && matchEnd(date, text, at) === -1 ? end : -1;
}
