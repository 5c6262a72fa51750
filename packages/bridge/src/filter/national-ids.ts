import { digitsOf, endsNumber, isDigit, isWord, matchEnd } from './chars.ts';
import type { Recogniser } from './kinds.ts';

const ssnPattern = /(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}/y;

/** United States: social security number in its written form. It has no check digit. */
function usSsn(text: string, at: number): number {
  const end = matchEnd(ssnPattern, text, at);
  return end !== -1 && endsNumber(text, end) ? end : -1;
}

const bareSsnPattern = /(?!000|666|9)\d{3}( ?)(?!00)\d\d\1(?!0000)\d{4}/y;

/** The same without hyphens: any nine digits, so only where the text before says what they are. */
export function bareSsn(text: string, at: number): number {
  const end = matchEnd(bareSsnPattern, text, at);
  return end !== -1 && endsNumber(text, end) ? end : -1;
}

const ninoPattern =
  /(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?)\d\d\1\d\d\1\d\d\1[A-D]/y;

/** United Kingdom: national insurance number. It has no check digit. */
function ukNino(text: string, at: number): number {
  const end = matchEnd(ninoPattern, text, at);
  return end !== -1 && !isWord(text.charCodeAt(end)) ? end : -1;
}

const steuerIdPattern = /[1-9]\d( ?)\d{3}\1\d{3}\1\d{3}/y;

/** Germany: tax number of a person; one digit repeats, and the last is a check digit. */
function deSteuerId(text: string, at: number): number {
  const end = matchEnd(steuerIdPattern, text, at);
  if (end === -1 || !endsNumber(text, end)) return -1;
  return isSteuerId(digitsOf(text.slice(at, end))) ? end : -1;
}

/** ISO/IEC 7064, MOD 11,10; of the first ten digits one comes twice or three times. */
function isSteuerId(digits: string): boolean {
  const counts = new Array<number>(10).fill(0);
  let product = 10;
  for (const character of digits.slice(0, 10)) {
    const value = Number(character);
    counts[value] = (counts[value] as number) + 1;
    product = (((value + product) % 10 || 10) * 2) % 11;
  }
  const repeated = counts.filter((count) => count > 1);
  if (repeated.length !== 1 || (repeated[0] as number) > 3) return false;
  return (11 - product) % 10 === Number(digits[10]);
}

const nirPattern =
  /[1-478]( ?)\d\d\1(?:0[1-9]|1[0-2]|[2-4]\d|[5-9]\d)\1(?:\d\d|2[AB])\1\d{3}\1\d{3}\1\d\d/y;

/** France: number of the register of persons; two check digits. */
function frNir(text: string, at: number): number {
  const end = matchEnd(nirPattern, text, at);
  if (end === -1 || !endsNumber(text, end)) return -1;
  const compact = text.slice(at, end).replaceAll(' ', '');
  const number = compact.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - (Number(number) % 97) === Number(compact.slice(13)) ? end : -1;
}

const dniPattern = /(?:[XYZ]-?\d{7}|\d{8})-?[A-Z]/y;
const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Spain: DNI of citizens and NIE of foreigners; a check letter. */
function esDni(text: string, at: number): number {
  const end = matchEnd(dniPattern, text, at);
  if (end === -1 || isWord(text.charCodeAt(end))) return -1;
  const compact = text.slice(at, end).replaceAll('-', '');
  const first = 'XYZ'.indexOf(compact.charAt(0));
  const number = Number(`${first === -1 ? compact.charAt(0) : first}${compact.slice(1, 8)}`);
  return dniLetters[number % 23] === compact[8] ? end : -1;
}

const codiceFiscalePattern =
  /[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]/y;
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10];
oddValues.push(22, 25, 24, 23);

/** Italy: tax code of a person; a check letter. */
function itCodiceFiscale(text: string, at: number): number {
  const end = matchEnd(codiceFiscalePattern, text, at);
  if (end === -1 || isWord(text.charCodeAt(end))) return -1;
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = text.charCodeAt(at + index);
    const value = isDigit(code) ? code - 0x30 : code - 0x41;
    sum += index % 2 === 0 ? (oddValues[value] as number) : value;
  }
  return text.charCodeAt(end - 1) === 0x41 + (sum % 26) ? end : -1;
}

const cpfPattern = /\d{3}\.\d{3}\.\d{3}-\d\d/y;

/** Brazil: CPF in its written form; two check digits. */
function brCpf(text: string, at: number): number {
  const end = matchEnd(cpfPattern, text, at);
  if (end === -1 || !endsNumber(text, end)) return -1;
  const digits = digitsOf(text.slice(at, end));
  if (new Set(digits).size === 1) return -1;
  const check = (length: number): number => {
    let sum = 0;
    for (let index = 0; index < length; index++)
      sum += Number(digits[index]) * (length + 1 - index);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]) ? end : -1;
}

const none: readonly Recogniser[] = [];
const only = {
  usSsn: [usSsn],
  brCpf: [brCpf],
  frNir: [frNir],
  deSteuerId: [deSteuerId],
  esDni: [esDni],
} satisfies Record<string, readonly Recogniser[]>;

/** Those that can begin with `run` digits before the code unit `next`. */
export function numericIds(run: number, next: number): readonly Recogniser[] {
  switch (run) {
    case 1:
      return next === 0x20 ? only.frNir : none;
    case 2:
      return next === 0x20 ? only.deSteuerId : none;
    case 3:
      return next === 0x2d ? only.usSsn : next === 0x2e ? only.brCpf : none;
    case 6: // Corsica: a letter follows.
      return next === 0x41 || next === 0x42 ? only.frNir : none;
    case 8:
      return only.esDni;
    case 11:
      return only.deSteuerId;
    case 15:
      return only.frNir;
    default:
      return none;
  }
}

export const letteredIds: readonly Recogniser[] = [ukNino, itCodiceFiscale, esDni];
