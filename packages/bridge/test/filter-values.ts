// Made-up numbers and ids with right check digits, from a seed.
import { seededRandom } from './seeded-random.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
export const upper = lower.toUpperCase();
export const digits = '0123456789';
export const alnum = lower + upper + digits;
export const hex = '0123456789abcdef';

export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  int(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }

  of(alphabet: string, length: number): string {
    let text = '';
    for (let count = 0; count < length; count++) text += alphabet[this.int(0, alphabet.length - 1)];
    return text;
  }

  /** `#` is a digit, `X` one from 1 on, `N` one from 2 on. */
  like(form: string): string {
    return form.replace(/[#XN]/g, (sign) =>
      String(this.int(sign === '#' ? 0 : sign === 'X' ? 1 : 2, 9)),
    );
  }
}

export type Make = (random: Random) => string;

export function luhn(body: string): string {
  for (let check = 0; check < 10; check++) {
    let sum = 0;
    const all = `${body}${check}`;
    [...all].reverse().forEach((digit, index) => {
      const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
      sum += doubled > 9 ? doubled - 9 : doubled;
    });
    if (sum % 10 === 0) return all;
  }
  throw new Error('No digit checks.');
}

export const cardOf = (random: Random): string => {
  const [prefix, length] = random.pick([
    ['4', 16],
    ['51', 16],
    ['55', 16],
    ['2720', 16],
    ['6011', 16],
    ['3530', 16],
    ['6212', 16],
  ] as const);
  return luhn(prefix + random.of(digits, length - prefix.length - 1));
};
export const grouped = (text: string, size: number, by: string) =>
  text.match(new RegExp(`.{1,${size}}`, 'g'))?.join(by) ?? '';

const letterValue = (text: string) =>
  text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
export function ibanOf(random: Random): string {
  const [country, bban] = random.pick([
    ['DE', () => random.of(digits, 18)],
    ['FR', () => random.of(digits, 23)],
    ['GB', () => random.of(upper, 4) + random.of(digits, 14)],
    ['NL', () => random.of(upper, 4) + random.of(digits, 10)],
    ['ES', () => random.of(digits, 20)],
    ['IT', () => random.of(upper, 1) + random.of(digits, 22)],
    ['CH', () => random.of(digits, 17)],
    ['NO', () => random.of(digits, 11)],
    ['PL', () => random.of(digits, 24)],
    ['MT', () => random.of(upper, 4) + random.of(digits, 5) + random.of(upper + digits, 18)],
  ] as const);
  const body = bban();
  const check = 98n - (BigInt(letterValue(`${body}${country}00`)) % 97n);
  return `${country}${String(check).padStart(2, '0')}${body}`;
}

export function steuerIdOf(random: Random): string {
  for (;;) {
    const shuffled = [...digits].sort(() => random.int(0, 1) - 0.5);
    const ten = [...shuffled.slice(0, 9)];
    ten.splice(random.int(0, 9), 0, ten[random.int(0, 8)] as string);
    if (ten[0] === '0') continue;
    let product = 10;
    for (const digit of ten) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
    return `${ten.join('')}${(11 - product) % 10}`;
  }
}

export function nirOf(random: Random): string {
  const number = `${random.pick(['1', '2'])}${random.of(digits, 2)}${String(random.int(1, 12)).padStart(2, '0')}${String(random.int(1, 95)).padStart(2, '0')}${random.of(digits, 6)}`;
  return `${number}${String(97 - Number(BigInt(number) % 97n)).padStart(2, '0')}`;
}

export function codiceFiscaleOf(random: Random): string {
  const odd = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25,
  ];
  odd.push(24, 23);
  const body = `${random.of('BCDFGLMNPRSTVZ', 6)}${random.of(digits, 2)}${random.of('ABCDEHLMPRST', 1)}${String(random.int(1, 31)).padStart(2, '0')}${random.of('ABCDEFGHIL', 1)}${random.of(digits, 3)}`;
  let sum = 0;
  [...body].forEach((character, index) => {
    const value = Number.parseInt(character, 36);
    const ordinal = value > 9 ? value - 10 : value;
    sum += index % 2 === 0 ? (odd[ordinal] as number) : ordinal;
  });
  return body + upper[sum % 26];
}

export function cpfOf(random: Random): string {
  let number = random.of(digits, 9);
  for (const length of [9, 10]) {
    let sum = 0;
    for (let index = 0; index < length; index++)
      sum += Number(number[index]) * (length + 1 - index);
    number += String(((sum * 10) % 11) % 10);
  }
  return number.replace(/(\d{3})(\d{3})(\d{3})(\d\d)/, '$1.$2.$3-$4');
}

export const dniOf = (random: Random) => {
  const number = random.of(digits, 8);
  return `${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23]}`;
};
