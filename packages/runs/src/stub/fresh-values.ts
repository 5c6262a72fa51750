import { createHash } from 'node:crypto';

/** Fewer digits cannot be told from what a program writes itself. */
export const markDigits = 12;
const firstFreshNumber = 1_000_000;

/**
 * Makes values that occur nowhere else, so that they are recognised when a program passes them on.
 * Equal seeds give equal values.
 */
export class FreshValues {
  readonly #seed: string;
  /** With the format that it is of. */
  readonly #made = new Map<string | number, string | undefined>();
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Whether it was made here, and so stands for what a server will answer. */
  has(value: unknown): value is string | number {
    return (typeof value === 'string' || typeof value === 'number') && this.#made.has(value);
  }

  /** Whether a text is of a format; undefined where it is not one that was made for it. */
  isOfFormat(text: string, format: string): boolean | undefined {
    const noFormat = formatted(format, '0'.repeat(32), '0'.repeat(markDigits)) === undefined;
    return noFormat || this.#made.get(text) === format || undefined;
  }

  /**
   * A text of a format (JSON Schema 2020-12, 7.3); of no particular one where it is not known.
   * Lengths in characters. Undefined where the format leaves no room.
   */
  text(format: string | undefined, shortest: number, longest: number): string | undefined {
    const digits = this.#digits();
    const mark = digits.slice(-markDigits);
    const text = formatted(format, digits, mark);
    if (text !== undefined) {
      if (text.length < shortest || text.length > longest) return undefined;
      this.#made.set(text, format);
      return text;
    }
    const plain = `stub-${mark}`;
    if (plain.length > longest) return mark.slice(0, longest).padEnd(shortest, '0');
    const long = plain.padEnd(shortest, '-');
    this.#made.set(long, undefined);
    return long;
  }

  /** A whole number of at least seven digits; undefined where the range has too few of them. */
  number(smallest: number, largest: number): number | undefined {
    const first = Math.max(firstFreshNumber, Math.ceil(smallest));
    const room = Math.min(Number.MAX_SAFE_INTEGER, Math.floor(largest)) - first;
    if (room < firstFreshNumber) return undefined;
    const value = first + (Number.parseInt(this.#digits().slice(0, 12), 16) % room);
    this.#made.set(value, undefined);
    return value;
  }

  /** 32 hexadecimal digits. */
  #digits(): string {
    this.#count++;
    return createHash('sha256').update(`${this.#seed}/${this.#count}`).digest('hex').slice(0, 32);
  }
}

function formatted(format: string | undefined, digits: string, mark: string): string | undefined {
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
      return `100::${mark.slice(0, 4)}:${mark.slice(4, 8)}:${mark.slice(8)}`;
    case 'uri':
    case 'iri':
    case 'url':
    case 'uri-reference':
    case 'iri-reference':
    case 'uri-template':
      return `https://stub.invalid/${mark}`;
    case 'uuid':
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${mark}`;
    case 'json-pointer':
      return `/stub-${mark}`;
    case 'relative-json-pointer':
      return `0/stub-${mark}`;
    case 'byte':
    case 'base64':
      return btoa(mark);
    case 'regex':
      return `stub-${mark}`;
    default:
      return undefined;
  }
}
