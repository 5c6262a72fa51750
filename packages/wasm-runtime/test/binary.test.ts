import { describe, expect, test } from 'vitest';
import { BinaryReader, BinaryWriter, MalformedModuleError } from '../src/metering/binary.ts';

const of = (...bytes: number[]) => new BinaryReader(Uint8Array.from(bytes));

describe('BinaryReader', () => {
  test('reads bytes up to its end, and looks at one without a step', () => {
    const reader = new BinaryReader(Uint8Array.of(1, 2, 3, 4), 1, 3);
    expect([reader.done, reader.peek(), reader.byte(), reader.peek(), reader.byte()]).toEqual([
      ...[false, 2, 2, 3, 3],
    ]);
    expect([reader.done, reader.position]).toEqual([true, 3]);
    expect(() => reader.byte()).toThrow(new MalformedModuleError('unexpected end at byte 3'));
    expect(() => reader.peek()).toThrow('unexpected end at byte 3');
    expect(reader.position).toBe(3);
  });

  test('skip() goes to the end at most', () => {
    const reader = of(1, 2, 3);
    reader.skip(3);
    expect(reader.done).toBe(true);
    reader.skip(0);
    expect(() => reader.skip(1)).toThrow('unexpected end at byte 3');
    expect(() => of(1).skip(2)).toThrow(MalformedModuleError);
  });

  test.each([
    [[0], 0],
    [[0x7f], 127],
    [[0x80, 1], 128],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x08], 2 ** 31],
    [[0x85, 0x80, 0x80, 0x80, 0x00], 5],
  ])('u32() of %j is %i', (bytes, value) => {
    const reader = of(...bytes, 0x55);
    expect(reader.u32()).toBe(value);
    expect(reader.position).toBe(bytes.length);
  });

  test.each([
    [[0xff, 0xff, 0xff, 0xff, 0x10], 'integer too large'],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0], 'integer too large'],
    [[0x80, 0x80], 'unexpected end'],
  ])('u32() refuses %j: %s', (bytes, message) => {
    expect(() => of(...bytes).u32()).toThrow(message);
  });

  test.each([
    [[0], 0],
    [[0x3f], 63],
    [[0x40], -64],
    [[0x7f], -1],
    [[0xc0, 0], 64],
    [[0xbf, 0x7f], -65],
    [[0x80, 0x80, 0x40], -(2 ** 20)],
    [[0xff, 0xff, 0xff, 0x3f], 2 ** 27 - 1],
    [[0x80, 0x80, 0x80, 0x40], -(2 ** 27)],
    [[0xff, 0xff, 0xff, 0xff, 0x07], 2 ** 31 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x78], -(2 ** 31)],
  ])('s32() of %j is %i', (bytes, value) => {
    const reader = of(...bytes, 0x55);
    expect(reader.s32()).toBe(value);
    expect(reader.position).toBe(bytes.length);
  });

  test('s32() refuses over 5 bytes', () => {
    expect(() => of(0x80, 0x80, 0x80, 0x80, 0x80, 0).s32()).toThrow('integer too long');
  });

  test.each([
    [32, 5],
    [33, 5],
    [64, 10],
  ] as const)('skipLeb(%i) steps over up to %i bytes', (bits, most) => {
    const reader = of(...Array(most - 1).fill(0x80), 0x7f, 1);
    reader.skipLeb(bits);
    expect(reader.position).toBe(most);
    expect(() => of(...Array(most).fill(0x80), 0).skipLeb(bits)).toThrow('integer too long');
    const short = of(5, 6);
    short.skipLeb(bits);
    expect(short.position).toBe(1);
  });

  test('slice() is a reader of its own over what this one steps over', () => {
    const reader = of(1, 2, 3, 4);
    reader.byte();
    const slice = reader.slice(2);
    expect([slice.position, slice.end, reader.position]).toEqual([1, 3, 3]);
    slice.skip(2);
    expect(() => slice.byte()).toThrow('unexpected end');
    expect(() => reader.slice(2)).toThrow('unexpected end');
  });

  test('name() is text in UTF-8, with a byte order mark if it begins with one', () => {
    const reader = of(5, 0xef, 0xbb, 0xbf, 0xc3, 0xa4, 9);
    expect(reader.name()).toBe('\ufeffä');
    expect(reader.position).toBe(6);
  });
});

describe('BinaryWriter', () => {
  test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])(
    'u32(%i) reads back',
    (value) => {
      const bytes = new BinaryWriter(1).u32(value).view();
      const reader = new BinaryReader(bytes);
      expect(reader.u32()).toBe(value);
      expect(reader.done).toBe(true);
    },
  );

  test('grows as needed, and keeps what it has', () => {
    const writer = new BinaryWriter(2);
    writer.byte(1).byte(2).byte(3).raw([4, 5, 6, 7, 8, 9]).byte(10);
    expect([...writer.view()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(writer.length).toBe(10);
    expect([...new BinaryWriter(0).raw([1, 2]).raw([]).view()]).toEqual([1, 2]);
  });

  test('sized() and name() have their length before them', () => {
    expect([...new BinaryWriter().sized(Uint8Array.of(7, 8)).name('ä').view()]).toEqual([
      ...[2, 7, 8, 2, 0xc3, 0xa4],
    ]);
  });
});
