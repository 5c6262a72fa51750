import { createHash } from 'node:crypto';

/** Fewer characters cannot be told from what a program writes itself. */
const markDigits = 12;
const firstFreshNumber = 1_000_000;

/**
 * Makes values that occur nowhere else, so that they are recognised when a program passes them on.
 * Equal seeds give equal values.
 */
export class FreshValues {
  readonly #seed: string;
  readonly #texts = new Set<string>();
  readonly #numbers = new Set<number>();
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Whether it was made here, and so stands for what a server will answer. */
  has(value: unknown): boolean {
    return typeof value === 'string'
      ? this.#texts.has(value)
      : typeof value === 'number' && this.#numbers.has(value);
  }

  /** A text of a format (JSON Schema 2020-12, 7.3); of no particular one where it is not known. */
  text(format: string | undefined, shortest: number, longest: number): string {
    const digits = this.#digits();
    const text = formatted(format, digits);
    const fitting = text.padEnd(shortest, '0').slice(0, Math.max(0, longest));
    if (fitting.includes(digits.slice(0, markDigits)) || format !== undefined) {
      this.#texts.add(fitting);
    }
    return fitting;
  }

  /** A whole number of at least seven digits; undefined where the range has too few of them. */
  number(smallest: number, largest: number): number | undefined {
    const first = Math.max(firstFreshNumber, Math.ceil(smallest));
    const room = Math.min(Number.MAX_SAFE_INTEGER, Math.floor(largest)) - first;
    if (room < firstFreshNumber) return undefined;
    const value = first + (Number.parseInt(this.#digits().slice(0, 12), 16) % room);
    this.#numbers.add(value);
    return value;
  }

  /** 32 hexadecimal digits. */
  #digits(): string {
    this.#count++;
    return createHash('sha256').update(`${this.#seed}/${this.#count}`).digest('hex').slice(0, 32);
  }
}

function formatted(format: string | undefined, digits: string): string {
  const mark = digits.slice(0, markDigits);
  const octet = (index: number) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  const time = new Date(
    Date.UTC(2001, 0) + (Number.parseInt(digits.slice(0, 9), 16) % 31_536_000_000),
  ).toISOString();
  switch (format) {
    case 'date-time':
      return time;
    case 'date':
      return `1${String(100 + (octet(0) % 800))}${time.slice(4, 10)}`;
    case 'time':
      return time.slice(11);
    case 'duration':
      return `PT${Number.parseInt(mark, 16)}S`;
    case 'email':
    case 'idn-email':
      return `stub-${mark}@stub.invalid`;
    case 'hostname':
    case 'idn-hostname':
      return `stub-${mark}.invalid`;
    case 'ipv4':
      return `127.${octet(0)}.${octet(1)}.${octet(2)}`;
    case 'ipv6':
      return `100::${digits.slice(0, 4)}:${digits.slice(4, 8)}:${digits.slice(8, 12)}`;
    case 'uri':
    case 'iri':
    case 'url':
    case 'uri-reference':
    case 'iri-reference':
    case 'uri-template':
      return `https://stub.invalid/${mark}`;
    case 'uuid':
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
    case 'json-pointer':
      return `/stub-${mark}`;
    case 'relative-json-pointer':
      return `0/stub-${mark}`;
    case 'byte':
    case 'base64':
      return btoa(mark);
    default:
      return `stub-${mark}`;
  }
}
