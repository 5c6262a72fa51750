import fc from 'fast-check';

const change = fc.record({
  kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'repeat', 'integer'),
  /** Where, as a part of the whole. */
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bit: fc.nat(7),
  byte: fc.nat(255),
  bytes: fc.uint8Array({ maxLength: 16 }),
});

const telling = [0, 0xff, 0x7f, 0x80, 0xffff_ffff, 0x7fff_ffff, 0x1_0000, 1];

/** Byte strings that are nearly one of `seeds`. */
export function mutations(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([seed, changes]) => {
      let bytes = Buffer.from(seed);
      for (const { kind, at, bit, byte, bytes: more } of changes) {
        if (bytes.length === 0) break;
        const place = Math.floor(at * bytes.length);
        if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        else if (kind === 'set') bytes[place] = byte;
        else if (kind === 'cut') bytes = bytes.subarray(0, place);
        else if (kind === 'insert')
          bytes = Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
        else if (kind === 'repeat')
          bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.max(0, place - 8))]);
        else if (place + 4 <= bytes.length)
          bytes.writeUInt32LE((telling[byte % telling.length] ?? 0) >>> 0, place);
      }
      return new Uint8Array(bytes);
    });
}
