/** Classes of UTF-16 code units. The unit behind the end of a text is NaN and in no class. */
const digit = 1;
const upper = 2;
const lower = 4;
const hex = 8;
const word = 16;

const classes = new Uint8Array(128);
for (let code = 0x30; code <= 0x39; code++) classes[code] = digit | hex | word;
for (let code = 0x41; code <= 0x5a; code++) classes[code] = upper | word | (code <= 0x46 ? hex : 0);
for (let code = 0x61; code <= 0x7a; code++) classes[code] = lower | word | (code <= 0x66 ? hex : 0);
classes[0x5f] = word;

const classOf = (code: number): number => (code < 128 ? (classes[code] as number) : 0);

export const isDigit = (code: number): boolean => (classOf(code) & digit) !== 0;
export const isUpper = (code: number): boolean => (classOf(code) & upper) !== 0;
export const isLetter = (code: number): boolean => (classOf(code) & (upper | lower)) !== 0;
export const isHex = (code: number): boolean => (classOf(code) & hex) !== 0;
/** A letter or digit of ASCII, or `_`. */
export const isWord = (code: number): boolean => (classOf(code) & word) !== 0;

/** What stands between groups of digits, and the letters of Corsica in a French number. */
export const isSeparator = (code: number): boolean =>
  code === 0x20 ||
  (code >= 0x28 && code <= 0x29) ||
  (code >= 0x2d && code <= 0x2f) ||
  code === 0xa0 ||
  code === 0x41 ||
  code === 0x42;

/** The end of what `pattern`, which is sticky, matches at `at`; -1 where it does not match. */
export function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Whether a number can end at `end`: no letter or digit follows, and no further decimal part. */
export function endsNumber(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 0x2e || next === 0x2d) && isDigit(text.charCodeAt(end + 1)));
}

/** The digits of `text` alone. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
