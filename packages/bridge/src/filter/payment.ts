import { digitsOf, endsNumber, isDigit, isLetter, isWord, matchEnd } from './chars.ts';

/** Whether the check digit of a card number is right (ISO/IEC 7812, annex B). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    let value = digits.charCodeAt(digits.length - 1 - index) - 0x30;
    if (index % 2 === 1) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 === 0;
}

/** Ranges of issuers, by their first four digits, with the lengths that they issue. */
const issuers: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [2200, 2204, [16, 17, 18, 19]],
  [2221, 2720, [16]],
  [3000, 3059, [14, 16, 19]],
  [3400, 3499, [15]],
  [3528, 3589, [16, 17, 18, 19]],
  [3600, 3699, [14, 16, 19]],
  [3700, 3799, [15]],
  [3800, 3999, [14, 16, 19]],
  [4000, 4999, [13, 16, 19]],
  [5000, 5099, [13, 14, 15, 16, 17, 18, 19]],
  [5100, 5599, [16]],
  [5600, 5899, [13, 14, 15, 16, 17, 18, 19]],
  [6011, 6011, [16, 17, 18, 19]],
  [6200, 6299, [16, 17, 18, 19]],
  [6304, 6304, [16, 17, 18, 19]],
  [6440, 6599, [16, 17, 18, 19]],
  [6759, 6763, [16, 17, 18, 19]],
];

/** Whether `digits` are the number of a payment card: issuer, length and check digit. */
function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false;
  const first = Number(digits.slice(0, 4));
  const issued = issuers.some(
    ([from, to, lengths]) => first >= from && first <= to && lengths.includes(digits.length),
  );
  return issued && passesLuhn(digits);
}

const plainDigits = /\d{13,19}/y;
const groupedDigits =
  /\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{4}([ -])\d{4}\3\d{4}\3\d{1,3}/y;

/** 13 to 19 digits, plain or in the groups that are printed on cards. */
export function card(text: string, at: number): number {
  // Four digits, and then either a fifth or a separator: most numbers end here.
  for (let index = at; index < at + 4; index++) {
    if (!isDigit(text.charCodeAt(index))) return -1;
  }
  const pattern = isDigit(text.charCodeAt(at + 4)) ? plainDigits : groupedDigits;
  const end = matchEnd(pattern, text, at);
  return end !== -1 && endsNumber(text, end) && isCard(digitsOf(text.slice(at, end))) ? end : -1;
}

/** Lengths by country (SWIFT IBAN registry). */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 ' +
    'DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 ' +
    'IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Whether the check digits of an IBAN are right (ISO 13616: modulo 97 is 1). */
function passesMod97(iban: string): boolean {
  let rest = 0;
  for (let index = 0; index < iban.length; index++) {
    const value = Number.parseInt(iban.charAt((index + 4) % iban.length), 36);
    if (Number.isNaN(value)) return false;
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

/** An IBAN, plain or in groups of four with blanks or hyphens between. */
export function iban(text: string, at: number): number {
  if (!isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3))) return -1;
  const country = text.slice(at, at + 2).toUpperCase();
  const length = Object.hasOwn(ibanLengths, country) ? ibanLengths[country] : undefined;
  if (length === undefined) return -1;
  const separator = text.charAt(at + 4);
  const grouped = separator === ' ' || separator === '-' || separator === '\u00a0';
  let compact = '';
  let end = at;
  while (compact.length < length) {
    if (grouped && compact !== '' && compact.length % 4 === 0) {
      if (text.charAt(end) !== separator) return -1;
      end++;
    }
    const code = text.charCodeAt(end);
    if (!isDigit(code) && !isLetter(code)) return -1;
    compact += text.charAt(end++);
  }
  return !isWord(text.charCodeAt(end)) && passesMod97(compact) ? end : -1;
}
