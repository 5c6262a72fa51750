import { describe, expect, test } from 'vitest';
import { BinaryReader, BinaryWriter, MalformedModuleError } from '../src/metering/binary.ts';
import {
  branchDepths,
  isIndirectCall,
  skipImmediates,
  skipLocals,
  skipValueType,
} from '../src/metering/instructions.ts';

/** How many bytes of immediates an opcode steps over; undefined where it is refused. */
function skipped(opcode: number, ...immediates: number[]): number | undefined {
  const reader = new BinaryReader(Uint8Array.from([...immediates, ...Array(40).fill(0)]));
  try {
    skipImmediates(reader, opcode);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedModuleError);
    expect((error as Error).message).toMatch(/^unknown (instruction|catch clause)/u);
    return undefined;
  }
  return reader.position;
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** An index of five bytes, which tells one index from no or two of them. */
const long = [0x80, 0x80, 0x80, 0x80, 0x00];
/** A 64-bit integer of ten bytes. */
const longest = [...Array(9).fill(0x80), 0];

describe('skipImmediates()', () => {
  /** Opcodes without a prefix, by their immediates (§5.4). */
  const none = [0, 1, 5, 0x0a, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1, 0xd3, 0xd4];
  const index = [
    ...[0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0x18],
    ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0xd2, 0xd5, 0xd6],
  ];
  const blocks = [0x02, 0x03, 0x04, 0x06];
  const others = [0x0e, 0x11, 0x13, 0x1c, 0x1f, 0x41, 0x42, 0x43, 0x44, 0xd0];
  const known = [
    ...[...none, ...range(0x45, 0xc4), ...index, ...blocks, ...range(0x28, 0x3e)],
    ...[...others, 0xfb, 0xfc, 0xfd, 0xfe],
  ];

  test.each([...none, ...range(0x45, 0xc4)])('0x%s has none', (opcode) => {
    expect(skipped(opcode, ...long)).toBe(0);
  });

  test.each(index)('%i has one index', (opcode) => {
    expect(skipped(opcode, 1)).toBe(1);
    expect(skipped(opcode, ...long)).toBe(5);
  });

  test.each(blocks)('%i has a block type', (opcode) => {
    expect(skipped(opcode, 0x40)).toBe(1);
    expect(skipped(opcode, ...long)).toBe(5);
    expect(skipped(opcode, 0x63, 0x70)).toBe(2);
    expect(skipped(opcode, 0x64, ...long)).toBe(6);
    expect(skipped(opcode, 0x65, 0x70)).toBe(1);
  });

  test.each(range(0x28, 0x3e))('%i has a memory argument', (opcode) => {
    expect(skipped(opcode, 2, 5)).toBe(2);
    expect(skipped(opcode, 2, ...longest)).toBe(11);
    // With the index of a memory.
    expect(skipped(opcode, 0x42, ...long, ...longest)).toBe(16);
  });

  test.each([
    ['br_table of no labels', [0x0e, 0, ...long], 6],
    ['br_table of two', [0x0e, 2, ...long, 1, 2], 8],
    ['call_indirect', [0x11, ...long, 3], 6],
    ['return_call_indirect', [0x13, ...long, 3], 6],
    ['select of two types', [0x1c, 2, 0x63, 0x70, 0x7f], 4],
    ['select of none', [0x1c, 0, 0x63, 0x70], 1],
    ['try_table without clauses', [0x1f, 0x40, 0], 2],
    ['try_table with each clause', [0x1f, 0x40, 4, 0, 1, 2, 1, 1, 2, 2, 3, 3, ...long], 16],
    ['try_table with an unknown clause', [0x1f, 0x40, 1, 4, 0], undefined],
    ['i32.const', [0x41, ...long], 5],
    ['i64.const', [0x42, ...longest], 10],
    ['f32.const', [0x43], 4],
    ['f64.const', [0x44], 8],
    ['ref.null', [0xd0, ...long], 5],
  ] as const)('%s', (_, [opcode, ...immediates], expected) => {
    expect(skipped(opcode, ...immediates)).toBe(expected);
  });

  test('refuses every other opcode', () => {
    const refused = range(0, 255).filter((opcode) => skipped(opcode) === undefined);
    expect(refused).toEqual(range(0, 255).filter((opcode) => !known.includes(opcode)));
  });

  /** The immediates behind the code that follows a prefix, as what an index of 5 bytes makes of them. */
  const behind = (prefix: number, code: number, ...immediates: number[]) => {
    const length = skipped(prefix, ...new BinaryWriter().u32(code).view(), ...immediates);
    return length === undefined ? undefined : length - new BinaryWriter().u32(code).length;
  };
  const lengthOf = (code: number, byCodes: readonly [readonly number[], number][]) =>
    byCodes.find(([codes]) => codes.includes(code))?.[1];

  test.each(range(0, 40))('0xfb %i', (code) => {
    const twoIndices = [...long, ...long];
    const expected = lengthOf(code, [
      [[0, 1, 6, 7, 11, 12, 13, 14, 16, 20, 21, 22, 23], 5],
      [[2, 3, 4, 5, 8, 9, 10, 17, 18, 19], 10],
      [[15, 26, 27, 28, 29, 30], 0],
      // Flags, label and two heap types, of which the flags are the first byte here.
      [[24, 25], 1 + 1 + 1 + 1],
    ]);
    if (code === 24 || code === 25) expect(behind(0xfb, code, 1, 2, 3, 4)).toBe(expected);
    else expect(behind(0xfb, code, ...twoIndices)).toBe(expected);
  });

  test('0xfb 24, with long immediates', () => {
    expect(behind(0xfb, 24, 0xff, ...long, ...long, ...long)).toBe(16);
    expect(behind(0xfb, 25, 0xff, ...long, ...long, ...long)).toBe(16);
  });

  test.each(range(0, 30))('0xfc %i', (code) => {
    const expected = lengthOf(code, [
      [range(0, 7), 0],
      [[8, 10, 12, 14], 10],
      [[9, 11, 13, 15, 16, 17], 5],
    ]);
    expect(behind(0xfc, code, ...long, ...long)).toBe(expected);
  });

  test.each(range(0, 0x120))('0xfd %i', (code) => {
    const memory = [0x42, ...long, ...longest];
    const expected = lengthOf(code, [
      [[...range(0, 11), 92, 93], 16],
      [[12, 13], 16],
      [range(21, 34), 1],
      [range(84, 91), 17],
      [range(0, 0x113), 0],
    ]);
    const immediates = code === 12 || code === 13 ? Array(20).fill(0xff) : memory;
    expect(behind(0xfd, code, ...immediates)).toBe(expected);
  });

  test.each(range(0, 0x60))('0xfe %i', (code) => {
    const expected = lengthOf(code, [
      [[3], 1],
      [[0, 1, 2, ...range(0x10, 0x4e)], 16],
    ]);
    expect(behind(0xfe, code, 0x42, ...long, ...longest)).toBe(expected);
  });
});

test('skipValueType() steps over a heap type where there is one', () => {
  for (const [bytes, length] of [
    [[0x7f, 0x70], 1],
    [[0x62, 0x70], 1],
    [[0x65, 0x70], 1],
    [[0x63, 0x70, 1], 2],
    [[0x64, ...long, 1], 6],
  ] as const) {
    const reader = new BinaryReader(Uint8Array.from(bytes));
    skipValueType(reader);
    expect(reader.position).toBe(length);
  }
});

test('skipLocals() counts the locals of all groups', () => {
  const reader = new BinaryReader(Uint8Array.from([2, 3, 0x7f, 0x80, 1, 0x63, 0x70, 0x0b]));
  expect(skipLocals(reader)).toBe(131);
  expect(reader.position).toBe(7);
  expect(skipLocals(new BinaryReader(Uint8Array.of(0, 5, 0x7f)))).toBe(0);
});

test('isIndirectCall() of each opcode', () => {
  expect(range(0, 255).filter(isIndirectCall)).toEqual([0x11, 0x13, 0x14, 0x15]);
});

describe('branchDepths()', () => {
  const depths = (...bytes: number[]) =>
    branchDepths(Uint8Array.from([...bytes, 77, 77]), bytes[0] as number, 1);

  test.each<[string, number[], number[]]>([
    ['br', [0x0c, 0x85, 0x01], [133]],
    ['br_if', [0x0d, 3], [3]],
    ['br_on_null', [0xd5, 3], [3]],
    ['br_on_non_null', [0xd6, 3], [3]],
    ['br_table', [0x0e, 2, 5, 6, 7], [5, 6, 7]],
    ['br_table with its default alone', [0x0e, 0, 7], [7]],
    ['try_table without clauses', [0x1f, 0x40, 0], []],
    ['try_table', [0x1f, 0x63, 0x70, 4, 0, 9, 5, 1, 9, 6, 2, 7, 3, 8], [5, 6, 7, 8]],
    ['br_on_cast', [0xfb, 24, 1, 4, 0x70, 0x71], [4]],
    ['br_on_cast_fail', [0xfb, 25, 1, 4, 0x70, 0x71], [4]],
    ['ref.cast', [0xfb, 23, 1], []],
    ['any.convert_extern', [0xfb, 26, 1], []],
    ['call', [0x10, 3], []],
    ['block', [0x02, 0x40], []],
    ['i32.const', [0x41, 3], []],
  ])('%s', (_, bytes, expected) => {
    expect(depths(...bytes)).toEqual(expected);
  });
});
