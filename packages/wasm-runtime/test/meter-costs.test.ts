import { describe, expect, test } from 'vitest';
import { MalformedModuleError } from '../src/metering/binary.ts';
import { meteringExports } from '../src/metering/instrumentation.ts';
import { meter } from '../src/metering/meter.ts';
import { assembleNew, metered } from './assemble.ts';

const fuel = 1_000_000_000n;

/** Units and slots that the exported function `f` of a module takes for `args`. */
async function costOf(fields: string, ...args: unknown[]): Promise<[units: number, slots: number]> {
  const instance = metered(await assembleNew(`(module ${fields})`), { fuel, slots: 1_000_000n });
  instance.call('f', ...args);
  return [Number(fuel - instance.fuelLeft()), Number(1_000_000n - instance.slotsLeft())];
}

const function32 = (body: string) => `(func (export "f") (param $n i32) ${body})`;
const function64 = (body: string) => `(func (export "f") (param $n i64) ${body})`;

describe('an instruction pays by its operands:', () => {
  const memories = '(memory $a 2) (memory $b i64 2) (data $d "0123456789abcdef")';
  const tables =
    '(table $a 900 funcref) (table $b i64 900 funcref) (elem $e func $g $g $g $g $g $g $g $g) (func $g)';

  test.each([
    ['memory.fill', '(memory.fill $a (i32.const 0) (i32.const 1) (local.get $n))', 65_536, 1024],
    ['memory.copy', '(memory.copy $a $a (i32.const 0) (i32.const 9) (local.get $n))', 6400, 100],
    ['memory.init', '(memory.init $a $d (i32.const 0) (i32.const 0) (local.get $n))', 16, 0],
    [
      'memory.copy, narrowing',
      '(memory.copy $a $b (i32.const 0) (i64.const 9) (local.get $n))',
      640,
      10,
    ],
    [
      'memory.copy, widening',
      '(memory.copy $b $a (i64.const 0) (i32.const 9) (local.get $n))',
      640,
      10,
    ],
    [
      'memory.init, 64 bits',
      '(memory.init $b $d (i64.const 0) (i32.const 0) (local.get $n))',
      16,
      0,
    ],
  ])('%s', async (_, code, length, units) => {
    expect(await costOf(memories + function32(code), length)).toEqual([units, 0]);
  });

  test.each([
    ['memory.fill', '(memory.fill $b (i64.const 0) (i32.const 1) (local.get $n))', 65_536n, 1024],
    ['memory.copy', '(memory.copy $b $b (i64.const 0) (i64.const 9) (local.get $n))', 6400n, 100],
  ])('%s, 64 bits', async (_, code, length, units) => {
    expect(await costOf(memories + function64(code), length)).toEqual([units, 0]);
  });

  test.each([
    ['table.fill', '(table.fill $a (i32.const 0) (ref.null func) (local.get $n))', 800, 200],
    ['table.copy', '(table.copy $a $a (i32.const 0) (i32.const 9) (local.get $n))', 800, 200],
    ['table.init', '(table.init $a $e (i32.const 0) (i32.const 0) (local.get $n))', 8, 2],
    [
      'table.copy, narrowing',
      '(table.copy $a $b (i32.const 0) (i64.const 9) (local.get $n))',
      80,
      20,
    ],
    [
      'table.copy, widening',
      '(table.copy $b $a (i64.const 0) (i32.const 9) (local.get $n))',
      80,
      20,
    ],
    ['table.init, 64 bits', '(table.init $b $e (i64.const 0) (i32.const 0) (local.get $n))', 8, 2],
  ])('%s', async (_, code, length, units) => {
    expect(await costOf(tables + function32(code), length)).toEqual([units, 0]);
  });

  test.each([
    ['table.fill', '(table.fill $b (i64.const 0) (ref.null func) (local.get $n))', 800n, 200],
    ['table.copy', '(table.copy $b $b (i64.const 0) (i64.const 9) (local.get $n))', 800n, 200],
  ])('%s, 64 bits', async (_, code, length, units) => {
    expect(await costOf(tables + function64(code), length)).toEqual([units, 0]);
  });

  test('table.grow, by slots as well', async () => {
    const grow = (table: string) =>
      `${tables} ${(table === '$a' ? function32 : function64)(
        `(drop (table.grow ${table} (ref.null func) (local.get $n)))`,
      )}`;
    expect(await costOf(grow('$a'), 40)).toEqual([11, 41]);
    expect(await costOf(grow('$b'), 40n)).toEqual([11, 41]);
  });

  const types = `(type $s (struct (field i64) (field i8) (field v128))) (type $v (array (mut i32)))
    (type $r (array (mut funcref))) (data $d "0123456789abcdef0123456789abcdef") (func $g)
    (elem $e func $g $g $g $g $g $g $g $g)`;
  const array = '(array.new_default $v (i32.const 99))';

  test.each([
    ['struct.new_default', '(drop (struct.new_default $s))', 0, 2, 4],
    [
      'struct.new',
      '(drop (struct.new $s (i64.const 0) (i32.const 0) (v128.const i64x2 0 0)))',
      0,
      2,
      4,
    ],
    ['array.new', '(drop (array.new $v (i32.const 1) (local.get $n)))', 400, 101, 401],
    ['array.new_default', '(drop (array.new_default $v (local.get $n)))', 400, 101, 401],
    [
      'array.new_fixed',
      '(drop (array.new_fixed $v 3 (i32.const 1) (i32.const 1) (i32.const 1)))',
      0,
      2,
      4,
    ],
    ['array.new_data', '(drop (array.new_data $v $d (i32.const 0) (local.get $n)))', 8, 3, 9],
    ['array.new_elem', '(drop (array.new_elem $r $e (i32.const 0) (local.get $n)))', 8, 3, 9],
    [
      'array.fill',
      `(array.fill $v ${array} (i32.const 0) (i32.const 1) (local.get $n))`,
      40,
      36,
      100,
    ],
    [
      'array.copy',
      `(array.copy $v $v ${array} (i32.const 0) ${array} (i32.const 0) (local.get $n))`,
      40,
      62,
      200,
    ],
    [
      'array.init_data',
      `(array.init_data $v $d ${array} (i32.const 0) (i32.const 0) (local.get $n))`,
      8,
      28,
      100,
    ],
    [
      'array.init_elem',
      '(array.init_elem $r $e (array.new_default $r (i32.const 99)) (i32.const 0) (i32.const 0) (local.get $n))',
      8,
      28,
      100,
    ],
  ])('%s', async (_, code, length, units, slots) => {
    expect(await costOf(types + function32(code), length)).toEqual([units, slots]);
  });

  test('throw and rethrowing, by the values as well', async () => {
    const tag = '(tag $e (param i32 v128))';
    const thrown = '(throw $e (i32.const 1) (v128.const i64x2 0 0))';
    const caught = (inner: string) => `(block $h (try_table (catch_all $h) ${inner}))`;
    expect(await costOf(`${tag} (func (export "f") ${caught(thrown)})`)).toEqual([131, 9]);
    const again = `(throw_ref (block $x (result exnref) (try_table (catch_all_ref $x) ${thrown}) unreachable))`;
    expect(await costOf(`${tag} (func (export "f") ${caught(again)})`)).toEqual([259, 9]);
  });

  test('atomic.wait, by its timeout', async () => {
    const text = (bits: number) =>
      `(memory 1 1 shared) ${function64(`
      (drop (memory.atomic.wait${bits} (i32.const 0) (i${bits}.const 1) (local.get $n)))`)}`;
    expect(await costOf(text(32), 4_000_000n)).toEqual([1_000_000, 0]);
    expect(await costOf(text(64), 4_000_000n)).toEqual([1_000_000, 0]);
    const instance = metered(await assembleNew(`(module ${text(32)})`), { fuel });
    expect(() => instance.call('f', -1n)).toThrow(WebAssembly.RuntimeError);
    expect(instance.fuelLeft()).toBe(-1n);
  });

  test('memory.grow, whether it grows or not', async () => {
    expect(
      await costOf(`(memory 1) ${function32('(drop (memory.grow (local.get $n)))')}`, 0),
    ).toEqual([256, 0]);
  });
});

describe('what is asked for is never too much to count', () => {
  test.each([
    ['(memory i64 1)', '(memory.fill (i64.const 0) (i32.const 1) (local.get $n))'],
    ['(table i64 1 funcref)', '(table.fill 0 (i64.const 0) (ref.null func) (local.get $n))'],
    ['(table i64 1 funcref)', '(drop (table.grow 0 (ref.null func) (local.get $n)))'],
  ])('%s %s', async (space, code) => {
    const bytes = await assembleNew(`(module ${space} ${function64(code)})`);
    for (const length of [-1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n]) {
      const instance = metered(bytes, { fuel: 1000n });
      for (let attempt = 0; attempt < 40; attempt++) {
        expect(() => instance.call('f', length)).toThrow(WebAssembly.RuntimeError);
        expect(instance.fuelLeft()).toBe(-1n);
      }
    }
  });
});

describe('slots', () => {
  const text = `(type $v (array i8)) (table 0 funcref)
    ${function32('(drop (array.new_default $v (local.get $n)))')}
    (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0)))`;
  const instance = async (slots: bigint) =>
    metered(await assembleNew(`(module ${text})`), { fuel, slots });

  test('bound all allocation together, whether it is garbage or not', async () => {
    const { call, slotsLeft } = await instance(1000n);
    for (let count = 0; count < 9; count++) call('f', 99);
    expect(call('grow', 99)).toBe(0);
    expect(slotsLeft()).toBe(0n);
    expect(() => call('f', 0)).toThrow(WebAssembly.RuntimeError);
    expect(slotsLeft()).toBe(-1n);
  });

  test.each([0xff_ff_ff_ff, 0x7f_ff_ff_ff, 1000])('refuse an allocation of %i', async (length) => {
    const { call, slotsLeft } = await instance(1000n);
    expect(() => call('grow', length | 0)).toThrow('unreachable');
    expect(slotsLeft()).toBe(-1n);
    expect(() => call('f', length | 0)).toThrow('unreachable');
    expect(slotsLeft()).toBe(-1n);
  });
});

describe('the page limit', () => {
  test('bounds the sum of all memories, of whichever kind', async () => {
    const instance = metered(
      await assembleNew(`(module (memory 1) (memory $b i64 2) (memory $c 3)
        (func (export "b") (param i64) (result i64) (memory.grow $b (local.get 0)))
        (func (export "c") (param i32) (result i32) (memory.grow $c (local.get 0))))`),
      { pages: 10 },
    );
    expect(instance.call('b', 2n)).toBe(2n);
    expect(instance.call('c', 2)).toBe(3);
    expect(() => instance.call('b', 1n)).toThrow(WebAssembly.RuntimeError);
    expect(instance.pageLimitHit()).toBe(true);
    expect(() => instance.call('c', -1)).toThrow(WebAssembly.RuntimeError);
  });
});

describe('before the host can set a limit', () => {
  test.each([
    [{ fuel: 1000n }, '(loop $l (br $l))'],
    [{ pageLimit: 3n }, '(drop (memory.grow (i32.const 3)))'],
    [{ slots: 3n }, '(drop (table.grow (ref.null func) (i32.const 3)))'],
  ])('a start function runs on the allowance that was written in: %o', async (allowance, code) => {
    const text = `(module (memory 1) (table 0 funcref) (func $s ${code}) (start $s))`;
    const bytes = await assembleNew(text);
    const module = new WebAssembly.Module(meter(bytes, allowance) as BufferSource);
    expect(() => new WebAssembly.Instance(module)).toThrow('unreachable');
    if ('fuel' in allowance) return;
    expect(
      () => new WebAssembly.Instance(new WebAssembly.Module(meter(bytes) as BufferSource)),
    ).not.toThrow();
  });

  test.each([
    ['(type $v (array i8))', '(global (ref $v) (array.new_default $v (i32.const 1048576)))'],
    ['(type $v (array i8))', '(global (ref $v) (array.new $v (i32.const 0) (i32.const -1)))'],
    [
      '(type $v (array i8)) (global $g i32 (i32.const 0x7fffffff))',
      '(global (ref $v) (array.new_default $v (global.get $g)))',
    ],
    [
      '(type $v (array i8))',
      '(global (ref $v) (array.new_default $v (i32.add (i32.const 1) (i32.const 1))))',
    ],
    [
      '(type $v (array i8))',
      '(elem (ref $v) (array.new_default $v (i32.const 600000)) (item (array.new_default $v (i32.const 600000))))',
    ],
    ['(type $v (array i8))', '(table 1 (ref $v) (array.new_default $v (i32.const 2000000)))'],
  ])('constant expressions allocate little, or are refused: %s %s', async (type, field) => {
    const bytes = await assembleNew(`(module ${type} ${field})`);
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
    expect(() => meter(bytes)).toThrow(MalformedModuleError);
  });
});

describe('every instruction that V8 knows', () => {
  /** A module whose one function has the body `code` and zeros; its type 0 is of the kind `first`. */
  function moduleOf(code: readonly number[], first: 'function' | 'struct'): Uint8Array {
    const body = [0, ...code, ...Array<number>(40).fill(0), 0x0b];
    const types = first === 'function' ? [1, 0x60, 0, 0] : [2, 0x5f, 0, 0x60, 0, 0];
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, types.length, ...types],
      ...[3, 2, 1, first === 'function' ? 0 : 1],
      ...[10, body.length + 2, 1, body.length, ...body],
    ]);
  }
  function refusal(task: () => unknown): string {
    try {
      task();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }
  const isUnknownToV8 = (code: readonly number[]) =>
    (['function', 'struct'] as const).some((first) =>
      /invalid .*opcode/iu.test(
        refusal(() => new WebAssembly.Module(moduleOf(code, first) as BufferSource)),
      ),
    );
  const isUnknownToRewriter = (code: readonly number[]) =>
    refusal(() => meter(moduleOf(code, 'function'))).startsWith('unknown instruction');

  const prefixes = [0xfb, 0xfc, 0xfd, 0xfe];
  const plain = Array.from({ length: 256 }, (_, opcode) => [opcode]).filter(
    ([opcode]) => !prefixes.includes(opcode as number),
  );
  const prefixed = prefixes.flatMap((prefix) =>
    Array.from({ length: 512 }, (_, code) =>
      code < 128 ? [prefix, code] : [prefix, (code & 0x7f) | 0x80, code >> 7],
    ),
  );

  test('is known to the rewriter', () => {
    const known = [...plain, ...prefixed].filter((code) => !isUnknownToV8(code));
    expect(known.length).toBeGreaterThan(500);
    // struct.new_desc and struct.new_default_desc, for types with a descriptor, which V8 refuses.
    const unusable = [
      [0xfb, 32],
      [0xfb, 33],
    ];
    expect(known.filter(isUnknownToRewriter)).toEqual(unusable);
  });
});

test('the names of the exports are as documented', () => {
  expect(meteringExports).toEqual({
    fuel: 'metering.fuel',
    pageLimit: 'metering.page-limit',
    pageLimitHit: 'metering.page-limit-hit',
    slots: 'metering.slots',
  });
});
