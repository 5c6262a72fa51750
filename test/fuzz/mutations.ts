import fc from 'fast-check';

/** One change of a byte string. */
export interface Change {
  readonly kind: (typeof kinds)[number];
  /** Where, as a part of the whole: from 0 up to, and without, 1. */
  readonly at: number;
  readonly bit: number;
  readonly byte: number;
  /** What `insert` puts there. */
  readonly bytes: Uint8Array;
}

export const kinds = [
  'flip',
  'set',
  'cut',
  'insert',
  'repeat',
  'integer',
  'remove',
  'digit',
] as const;

const telling = [0, 0xff, 0x7f, 0x80, 0xffff_ffff, 0x7fff_ffff, 0x1_0000, 1];

export function changed(bytes: Buffer, { kind, at, bit, byte, bytes: more }: Change): Buffer {
  const place = Math.floor(at * bytes.length);
  const around = (middle: Uint8Array, skipped = 0) =>
    Buffer.concat([bytes.subarray(0, place), middle, bytes.subarray(place + skipped)]);
  switch (kind) {
    case 'flip':
      return bytes.length === 0 ? bytes : around(Buffer.of((bytes[place] ?? 0) ^ (1 << bit)), 1);
    case 'set':
      return around(Buffer.of(byte), 1);
    case 'cut':
      return bytes.subarray(0, place);
    case 'insert':
      return around(more);
    case 'repeat':
      return around(bytes.subarray(Math.max(0, place - 8), place));
    case 'remove':
      return around(Buffer.alloc(0), 1 + bit * 4);
    case 'digit':
      return around(Buffer.of(0x30 + (byte % 10)), 1);
    case 'integer': {
      const integer = Buffer.alloc(4);
      integer.writeUInt32LE((telling[byte % telling.length] ?? 0) >>> 0);
      return place + 4 <= bytes.length ? around(integer, 4) : bytes;
    }
  }
}

const change = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bit: fc.nat(7),
  byte: fc.nat(255),
  bytes: fc.uint8Array({ maxLength: 16 }),
});

/** Byte strings that are nearly one of `seeds`. */
export function mutations(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([seed, changes]) => new Uint8Array(changes.reduce(changed, Buffer.from(seed))));
}
