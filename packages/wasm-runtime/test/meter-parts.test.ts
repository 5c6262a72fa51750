import { describe, expect, test } from 'vitest';
import { BinaryReader, BinaryWriter, MalformedModuleError } from '../src/metering/binary.ts';
import { uncountedFunctions } from '../src/metering/call-graph.ts';
import { ConstantExpressions } from '../src/metering/constant-expression.ts';
import { meter } from '../src/metering/meter.ts';
import { assembleModule, readIndexSpaces, readSections } from '../src/metering/module.ts';
import { assemble, metered } from './assemble.ts';

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, ...content: number[]) => [id, content.length, ...content];
const moduleOf = (...sections: number[][]) => Uint8Array.from([...header, ...sections.flat()]);

/** The sections' index spaces, and where each constant expression began. */
function spacesOf(bytes: Uint8Array) {
  const constants: number[] = [];
  const spaces = readIndexSpaces(readSections(bytes), (reader) => {
    constants.push(reader.peek());
    new ConstantExpressions().skip(reader);
  });
  return { ...spaces, constants };
}

describe('readIndexSpaces()', () => {
  test('counts what a module imports and has of its own', () => {
    const bytes = assemble(`(module
      (type (func)) (type (func (param i32 i64 f32))) (type (func (param i32)))
      (import "m" "f" (func (type 1))) (import "m" "t" (table 1 2 funcref))
      (import "m" "m" (memory i64 1 2)) (import "m" "g" (global (mut i32)))
      (import "m" "e" (tag (type 1))) (import "m" "f2" (func (type 2)))
      (memory 1) (memory i64 1) (table 1 funcref)
      (tag (type 2)) (global i32 (i32.const 5)) (global i64 (i64.const 6))
      (func (type 1)) (func (type 2)) (func (type 1)))`);
    expect(spacesOf(bytes)).toEqual({
      types: [{ parts: 0 }, { parts: 3 }, { parts: 1 }],
      memories: [{ is64: true }, { is64: false }, { is64: true }],
      tables: [{ is64: false }, { is64: false }],
      tags: [3, 1],
      ...{ importedFunctions: 2, functions: 5, globals: 3 },
      constants: [0x41, 0x42],
    });
  });

  const types = section(
    1,
    5,
    0x60,
    1,
    0x63,
    0x70,
    2,
    0x7f,
    0x7e,
    0x5e,
    0x7f,
    1,
    0x5f,
    2,
    0x64,
    0,
    0,
  )
    .concat(0x78, 1)
    .concat(0x50, 1, 1, 0x5f, 1, 0x7f, 0, 0x4f, 0, 0x60, 0, 0);

  test('reads types of functions, arrays and structs, and those below others', () => {
    const content = types.slice(2);
    expect(spacesOf(moduleOf(section(1, ...content))).types.map(({ parts }) => parts ?? 0)).toEqual(
      [1, 0, 2, 1, 0],
    );
    const group = [2, 0x4e, 2, 0x60, 1, 0x7f, 0, 0x5f, 1, 0x7f, 0, 0x60, 2, 0x7f, 0x7f, 0];
    expect(spacesOf(moduleOf(section(1, ...group))).types).toEqual([
      ...[{ parts: 1 }, { parts: 1 }, { parts: 2 }],
    ]);
  });

  /** Two constants of each kind that a segment can have, and the 0x41 and 0xd2 that they begin with. */
  const at = [0x41, 0, 0x0b];
  const reference = [0xd2, 0, 0x0b];
  test.each([
    [0, [...at, 2, 7, 8], [0x41]],
    [1, [0, 2, 7, 8], []],
    [2, [3, ...at, 0, 2, 7, 8], [0x41]],
    [3, [0, 2, 7, 8], []],
    [4, [...at, 2, ...reference, ...reference], [0x41, 0xd2, 0xd2]],
    [5, [0x63, 0x70, 1, ...reference], [0xd2]],
    [6, [3, ...at, 0x63, 0x70, 1, ...reference], [0x41, 0xd2]],
    [7, [0x70, 1, ...reference], [0xd2]],
  ])('steps over element segments of kind %i', (kind, segment, constants) => {
    // A second one shows where the first ended.
    const bytes = moduleOf(section(9, 2, kind, ...segment, 0, ...at, 0));
    expect(spacesOf(bytes).constants).toEqual([...constants, 0x41]);
  });

  test('steps over the value that a table begins with', () => {
    const bytes = moduleOf(
      section(4, 2, 0x40, 0, 0x63, 0x70, 5, 1, 9, 0xd0, 0x70, 0x0b, 0x70, 0, 1),
    );
    expect(spacesOf(bytes)).toMatchObject({
      tables: [{ is64: true }, { is64: false }],
      constants: [0xd0],
    });
  });

  test.each<[string, number[]]>([
    ['unknown section 14', [14, 0]],
    ['unknown limits 8', section(5, 1, 8, 0)],
    ['unknown element segment 8', section(9, 1, 8)],
    ['unknown type 93', section(1, 1, 0x5d)],
    ['unknown import kind 5', section(2, 1, 0, 0, 5)],
    ['unexpected end', section(5, 1, 7, 1)],
  ])('%s is refused', (message, content) => {
    expect(() => spacesOf(moduleOf(content))).toThrow(message);
    expect(() => spacesOf(moduleOf(content))).toThrow(MalformedModuleError);
  });

  test('what does not begin as a core module is refused', () => {
    expect(() => readSections(Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0))).toThrow(
      'not a core module at byte 4',
    );
    expect(readSections(Uint8Array.from(header))).toEqual([]);
  });

  test('limits of all known kinds are read', () => {
    const kinds = [
      [0, 1],
      [1, 1, 2],
      [2, 1],
      [3, 1, 2],
      [4, 1],
      [5, 1, 2],
      [6, 1],
      [7, 1, 2],
    ];
    expect(spacesOf(moduleOf(section(5, kinds.length, ...kinds.flat()))).memories).toEqual(
      kinds.map(([flags = 0]) => ({ is64: flags >= 4 })),
    );
  });
});

test('assembleModule() puts new sections where they belong, and leaves custom ones in place', () => {
  const sections = readSections(
    moduleOf(section(0, 1, 0x61), section(1, 0), section(0, 1, 0x62), section(10, 0)),
  );
  const rewritten = new Map([10, 7, 13, 1, 6].map((id) => [id, Uint8Array.of(id)]));
  const ids = readSections(assembleModule(sections, rewritten)).map(({ id, content }) => [
    id,
    [...content],
  ]);
  expect(ids).toEqual([
    ...[
      [0, [1, 0x61]],
      [1, [1]],
      [0, [1, 0x62]],
    ],
    ...[
      [13, [13]],
      [6, [6]],
      [7, [7]],
      [10, [10]],
    ],
  ]);
});

describe('ConstantExpressions', () => {
  const struct = (parts: number) => ({ types: [{ parts: 0 }, { parts }] }) as never;
  function allocate(...expressions: number[][]) {
    const constants = new ConstantExpressions();
    for (const bytes of expressions) {
      const reader = new BinaryReader(Uint8Array.from([...bytes, 0x0b, 0x55]));
      constants.skip(reader);
      expect(reader.byte()).toBe(0x55);
    }
    return constants;
  }
  const leb = (value: number) => [...new BinaryWriter().u32(value).view()];
  const most = 2 ** 20;
  const array = (length: number) => [0x41, ...leb(length), 0xfb, 7, 0];
  const tooMuch = `constant expressions allocate more than ${most} slots`;

  test.each<[string, number[], (count: number) => number]>([
    ['array.new', [0xfb, 6, 0], (length) => 1 + length],
    ['array.new_default', [0xfb, 7, 0], (length) => 1 + length],
  ])('%s takes a slot for itself and one for each element', (_, code) => {
    const some = (length: number) =>
      allocate([0x41, 0x80 | (length & 0x7f), ...leb(length >> 7), ...code]);
    expect(() => some(most - 1).check(struct(0))).not.toThrow();
    expect(() => some(most).check(struct(0))).toThrow(new MalformedModuleError(tooMuch));
  });

  test('array.new_fixed takes the number that it has', () => {
    const fixed = (count: number) => [0xfb, 8, 0, ...leb(count)];
    expect(() => allocate(fixed(most - 1)).check(struct(0))).not.toThrow();
    expect(() => allocate(fixed(most)).check(struct(0))).toThrow(tooMuch);
    expect(() => allocate(fixed(most / 2), fixed(most / 2 - 1)).check(struct(0))).toThrow(tooMuch);
  });

  test.each([0, 1])('0xfb %i takes a slot for a struct and one for each field', (code) => {
    const one = [0xfb, code, 1];
    expect(() => allocate(one).check(struct(most - 1))).not.toThrow();
    expect(() => allocate(one).check(struct(most))).toThrow(tooMuch);
    // Two of them, and beside each other and an array.
    expect(() => allocate(one, one).check(struct(most / 2 - 1))).not.toThrow();
    expect(() => allocate(one, one).check(struct(most / 2))).toThrow(tooMuch);
    expect(() => allocate(one, array(63)).check(struct(most - 1 - 64))).not.toThrow();
    expect(() => allocate(one, array(63)).check(struct(most - 64))).toThrow(tooMuch);
    // Of a type without fields, or that is not there.
    expect(() => allocate([0xfb, code, 0], one).check(struct(most - 2))).not.toThrow();
    expect(() => allocate([0xfb, code, 0], one).check(struct(most - 1))).toThrow(tooMuch);
    expect(() => allocate([0xfb, code, 9]).check(struct(0))).not.toThrow();
  });

  test('other instructions take nothing', () => {
    for (const code of [
      [0xfb, 28],
      [0xd2, 0],
      [0x23, 0],
      [0x6a],
      [0x41, 6],
      [0x41, 7],
      [0x42, 8],
      [0x41, 1],
    ]) {
      expect(() => allocate(code).check(struct(most))).not.toThrow();
    }
  });

  test.each([
    ['comes from a global', [0x23, 0, 0xfb, 7, 0]],
    ['is computed', [0x41, 1, 0x41, 1, 0x6a, 0xfb, 6, 0]],
    ['is missing', [0xfb, 7, 0]],
  ])('a length that %s is refused', (_, bytes) => {
    expect(() => allocate(bytes)).toThrow('cannot bound the length of a constant array');
  });
});

describe('uncountedFunctions()', () => {
  const call = (callee: number) => [0x10, callee];
  const uncounted = (imported: number, ...bodies: number[][]) => {
    const writer = new BinaryWriter().u32(bodies.length);
    for (const code of bodies) writer.sized(Uint8Array.from([0, ...code, 0x0b]));
    return uncountedFunctions(writer.view().slice(), imported);
  };
  const nops = (count: number) => Array(count).fill(0x01);

  test.each<[string, number, number[][], boolean[]]>([
    ['short ones', 0, [[], nops(9)], [true, true]],
    ['one that calls a short one', 0, [call(1), []], [true, true]],
    ['one that calls itself', 0, [call(0)], [false]],
    ['one that calls itself and a short one', 0, [[...call(1), ...call(0)], []], [false, true]],
    ['two that call each other', 0, [call(1), call(0), call(0)], [false, false, false]],
    ['one that calls an import', 1, [call(0)], [false]],
    [
      'one that calls the first after the imports',
      2,
      [nops(1), call(2), call(3)],
      [true, true, true],
    ],
    ['one that calls itself, after imports', 2, [nops(1), call(3)], [true, false]],
    [
      'a tail call',
      0,
      [
        [0x12, 1],
        [0x12, 1],
      ],
      [false, false],
    ],
    [
      'calls through tables and references',
      0,
      [
        [0x11, 0, 0],
        [0x13, 0, 0],
        [0x14, 0],
        [0x15, 0],
      ],
      Array(4).fill(false),
    ],
    // 255 and the end.
    ['a walk of 256 instructions', 0, [nops(255), nops(256)], [true, false]],
    [
      'a walk of 256 through two',
      0,
      [[...call(2), ...nops(100)], [...call(2), ...nops(101)], nops(153)],
      [true, false, true],
    ],
  ])('%s', (_, imported, bodies, expected) => {
    expect(uncounted(imported, ...bodies)).toEqual(expected);
  });
});

describe('meter()', () => {
  test('refuses an index past the end, which could come to mean what it adds', () => {
    // (func (drop (global.get 0))), without a global.
    const bytes = moduleOf(
      section(1, 1, 0x60, 0, 0),
      section(3, 1, 0),
      section(10, 1, 5, 0, 0x23, 0, 0x1a, 0x0b),
    );
    expect(() => meter(bytes)).toThrow(new MalformedModuleError('the module is not valid'));
  });

  const fuel = 10_000n;
  const used = (text: string, ...args: unknown[]) => {
    const instance = metered(`(module ${text})`, { fuel });
    instance.call('f', ...args);
    return fuel - instance.fuelLeft();
  };

  test('a branch out of the function, and one out of a block, cost nothing', () => {
    expect(used('(func (export "f") (br 0))')).toBe(0n);
    expect(used('(func (export "f") (block (br_table 0 1 (i32.const 1))))')).toBe(0n);
    expect(
      used('(func (export "f") (block (br_if 0 (i32.const 1)) (br_if 1 (i32.const 1))))'),
    ).toBe(0n);
  });

  test.each(['nop', '(drop (i32.const 1))', '(if (i32.const 0) (then unreachable))'])(
    'a loop with %s in it is charged for each way back',
    (code) => {
      const loop = `(func (export "f") (param i32) (loop $l ${code}
        (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0))))`;
      expect(used(loop, 9)).toBe(8n);
    },
  );

  test.each([63, 64, 127, 128, 129])('a loop whose type is number %i has its values', (number) => {
    // Types that differ, so that none is taken for another.
    const types = Array.from(
      { length: number },
      (_, index) => `(type (func ${'(param i32)'.repeat(2 + index)}))`,
    ).join(' ');
    const text = `${types} (type $t (func (param i32) (result i32)))
      (func (export "f") (param i32) (drop (local.get 0)
        (loop $l (type $t) (local.tee 0 (i32.sub (i32.const 1))) (br_if $l (local.get 0)))))`;
    expect(used(text, 9)).toBe(9n);
  });

  test('memory.init takes a length of 32 bits for a memory of 64', () => {
    const text = `(memory $a i64 1) (memory $b i64 1) (data $c "0123") (data $d "${'x'.repeat(128)}")
      (func (export "f") (param i32)
        (memory.init $b $d (i64.const 0) (i32.const 0) (local.get 0)))`;
    expect(used(text, 128)).toBe(2n);
  });
});
