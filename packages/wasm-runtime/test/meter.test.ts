import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meter } from '../src/metering/meter.ts';
import { assemble, assembleNew, instantiate, metered } from './assemble.ts';

/** Each exports `f`, a function of two i32 that always ends. */
const functions: Readonly<Record<string, string>> = {
  'nested blocks and branches': `(func (export "f") (param i32 i32) (result i32)
    (block $a (result i32) (block $b (block $c
      (br_if $c (i32.and (local.get 0) (i32.const 1)))
      (br_if $b (i32.and (local.get 1) (i32.const 1)))
      (br $a (i32.const 3)))
      (br $a (i32.const 1)))
      (i32.const 2)))`,
  'if and else, nested in a loop': `(func (export "f") (param $n i32) (param $m i32) (result i32)
    (local $sum i32)
    (local.set $n (i32.and (local.get $n) (i32.const 1023)))
    (loop $again
      (if (i32.and (local.get $n) (i32.const 1))
        (then (local.set $sum (i32.add (local.get $sum) (local.get $m))))
        (else (if (i32.gt_s (local.get $m) (i32.const 5))
          (then (local.set $sum (i32.xor (local.get $sum) (local.get $n)))))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))
    (local.get $sum))`,
  br_table: `(func (export "f") (param i32 i32) (result i32)
    (block $d (block $c (block $b (block $a
      (br_table $a $b $c $d (local.get 0)))
      (return (i32.const 10)))
      (return (i32.add (local.get 1) (i32.const 20))))
      (return (i32.const 30)))
    (i32.const 40))`,
  recursion: `(func $fib (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "f") (param i32 i32) (result i32)
      (i32.add (local.get 1) (call $fib (i32.and (local.get 0) (i32.const 15)))))`,
  'multi-value blocks and loops with parameters': `(func (export "f") (param i32 i32) (result i32)
    (local $n i32)
    (local.set $n (i32.const 8))
    (local.get 0) (local.get 1)
    (loop $l (param i32 i32) (result i32 i32)
      (i32.add (local.get $n))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $l (local.get $n)))
    (i32.mul))`,
  vectors: `(func (export "f") (param i32 i32) (result i32)
    (i32x4.extract_lane 3 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 16 17 18 19
      (i32x4.mul (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 4))
      (i32x4.add (i32x4.replace_lane 0 (i32x4.splat (local.get 1)) (local.get 0))
        (v128.const i32x4 9 8 7 6)))))`,
  'vector loads and stores': `(memory 1)
    (func (export "f") (param i32 i32) (result i32)
      (v128.store offset=16 (i32.const 0) (i32x4.splat (local.get 0)))
      (v128.store8_lane 5 (i32.const 18) (i8x16.splat (local.get 1)))
      (i32x4.extract_lane 0 (v128.load32_lane 0 (i32.const 16) (v128.const i32x4 0 0 0 0))))`,
  'bulk memory': `(memory 1) (data $d "hello, world")
    (func (export "f") (param i32 i32) (result i32)
      (memory.fill (i32.const 100) (local.get 0) (i32.const 200))
      (memory.init $d (i32.and (local.get 1) (i32.const 0xfff)) (i32.const 0) (i32.const 12))
      (memory.copy (i32.const 300) (i32.const 0) (i32.const 300))
      (data.drop $d)
      (i32.load (i32.const 404)))`,
  tables: `(table $t 4 funcref) (elem $e func $a $b) (type $i (func (result i32)))
    (func $a (result i32) (i32.const 1)) (func $b (result i32) (i32.const 2))
    (func (export "f") (param i32 i32) (result i32)
      (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2))
      (table.copy $t $t (i32.const 2) (i32.const 0) (i32.const 2))
      (drop (table.grow $t (ref.null func) (i32.const 3)))
      (table.fill $t (i32.const 4) (ref.func $b) (i32.const 2))
      (i32.add (table.size $t)
        (call_indirect $t (type $i) (i32.rem_u (local.get 0) (i32.const 6)))))`,
  'tail calls': `(func $odd (param i32 i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))))
    (func $even (param i32 i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1))
        (else (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))))
    (func (export "f") (param i32 i32) (result i32)
      (return_call $even (i32.and (local.get 0) (i32.const 0xffff)) (local.get 1)))`,
  exceptions: `(tag $e (param i32))
    (func $thrower (param i32) (result i32)
      (if (i32.and (local.get 0) (i32.const 1)) (then (throw $e (local.get 0))))
      (local.get 0))
    (func (export "f") (param i32 i32) (result i32)
      (try (result i32)
        (do (i32.add (call $thrower (local.get 0)) (local.get 1)))
        (catch $e (i32.sub (local.get 1)))))`,
  'globals, select and wide numbers': `(global $g (mut i64) (i64.const 5))
    (func (export "f") (param i32 i32) (result i32)
      (global.set $g (i64.add (global.get $g) (i64.extend_i32_s (local.get 0))))
      (i32.wrap_i64 (select (global.get $g) (i64.const -1) (local.get 1))))`,
  'saturating and floating': `(func (export "f") (param i32 i32) (result i32)
      (i32.trunc_sat_f64_s (f64.div (f64.convert_i32_s (local.get 0)) (f64.convert_i32_s (local.get 1)))))`,
  'a 64-bit memory': `(memory i64 1)
    (func (export "f") (param i32 i32) (result i32)
      (i32.store (i64.const 8) (local.get 0))
      (memory.fill (i64.const 9) (local.get 1) (i64.const 2))
      (i32.add (i32.load (i64.const 8)) (i32.wrap_i64 (memory.grow (i64.const 1)))))`,
  atomics: `(memory 1 1 shared)
    (func (export "f") (param i32 i32) (result i32)
      (drop (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
      (atomic.fence)
      (i32.atomic.rmw.cmpxchg (i32.const 0) (local.get 0) (local.get 1)))`,
};

const result = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

describe('meter() leaves behaviour as it was', () => {
  test.each(Object.entries(functions))('%s', (_, text) => {
    const bytes = assemble(`(module ${text})`);
    const rewritten = meter(bytes);
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const [before, after] = [instantiate(bytes), instantiate(rewritten)];
        // Twice, because memory, tables and globals carry on.
        for (const [x, y] of [
          [a, b],
          [b, a],
        ]) {
          const [plain, counted] = [before, after].map(
            (exports) => () => (exports.f as (x?: number, y?: number) => number)(x, y),
          ) as [() => unknown, () => unknown];
          expect(result(counted)).toBe(result(plain));
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['no sections at all', ''],
    ['only a memory', '(memory 1)'],
    ['only an export', '(memory (export "memory") 1)'],
    ['only globals', '(global i32 (i32.const 1)) (global i64 (i64.const 2))'],
    ['only code', '(func)'],
    [
      'tags, elements and data',
      '(memory 1) (table 1 funcref) (tag) (func $f) (elem (i32.const 0) $f) (data (i32.const 0) "x")',
    ],
    [
      'a start function',
      '(memory (export "memory") 1) (func $s (i32.store (i32.const 0) (i32.const 7))) (start $s)',
    ],
  ])('a module with %s stays valid', (_, text) => {
    const exports = instantiate(meter(assemble(`(module ${text})`)));
    expect(Object.keys(exports)).toEqual(
      expect.arrayContaining(['metering.fuel', 'metering.page-limit', 'metering.page-limit-hit']),
    );
  });

  test('custom sections stay where they are', () => {
    const plain = assemble('(module (func (export "f")))');
    const custom = Uint8Array.of(0, 5, 1, 0x78, 1, 2, 3);
    const bytes = Uint8Array.of(...plain.slice(0, 8), ...custom, ...plain.slice(8), ...custom);
    const module = new WebAssembly.Module(meter(bytes) as BufferSource);
    expect(
      WebAssembly.Module.customSections(module, 'x').map((x) => [...new Uint8Array(x)]),
    ).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('imports keep their indices', () => {
    const text = `(module (import "m" "g" (global $g i32)) (import "m" "f" (func $f (param i32) (result i32)))
      (global $own i32 (i32.const 100))
      (func (export "f") (result i32) (call $f (i32.add (global.get $g) (global.get $own)))))`;
    const module = new WebAssembly.Module(meter(assemble(text)) as BufferSource);
    const { exports } = new WebAssembly.Instance(module, {
      m: { g: 5, f: (x: number) => x * 2 },
    });
    expect((exports.f as () => number)()).toBe(210);
  });
});

describe('fuel', () => {
  const fuel = 1_000_000n;
  const throwUnits = 129;
  const used = (text: string, ...args: unknown[]): number => {
    const instance = metered(`(module ${text})`, { fuel });
    instance.call('f', ...args);
    return Number(fuel - instance.fuelLeft());
  };
  const usedNew = async (text: string, ...args: unknown[]): Promise<number> => {
    const instance = metered(await assembleNew(`(module ${text})`), { fuel });
    instance.call('f', ...args);
    return Number(fuel - instance.fuelLeft());
  };
  const loop = `(func (export "f") (param i32)
    (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0))))`;

  test('is 0 for a short function without a loop', () => {
    expect(used('(func (export "f") (block (nop)) (if (i32.const 1) (then (nop))))')).toBe(0);
  });

  test.each([1, 2, 10, 1000])('is 1 each time that a loop of %i goes back', (count) => {
    expect(used(loop, count)).toBe(count - 1);
  });

  /** Each body goes back to $l ten times, in a function that has an i32 and a tag. */
  test.each([
    ['br', '(br_if $out (i32.eqz (local.get 0))) (br $l)', 9],
    ['br_if', '(br_if $l (local.get 0))', 9],
    ['br_table, taken or not', '(br_table $l $out (i32.eqz (local.get 0)))', 10],
    [
      'br_on_null, taken or not',
      '(br_if $out (i32.eqz (local.get 0))) (drop (br_on_null $l (ref.null func)))',
      9,
    ],
    [
      'a catch clause, each time that its block begins',
      '(try_table (catch_all $l) (br_if $out (i32.eqz (local.get 0))) (throw $e))',
      10 + 9 * throwUnits,
    ],
    [
      'a catch clause for a tag',
      '(block (try_table (catch $e $l) (br_if $out (i32.eqz (local.get 0))) (throw $e)))',
      10 + 9 * throwUnits,
    ],
  ])('is 1 each time that a loop goes back by %s', async (_, back, units) => {
    const text = `(tag $e) (func (export "f") (param i32)
      (block $out (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) ${back})))`;
    expect(await usedNew(text, 10)).toBe(units);
  });

  test('is 1 for a branch that may lead back with values, taken or not', () => {
    const text = `(func (export "f") (param i32) (result i32) (local.get 0)
      (loop $l (param i32) (result i32)
        (local.set 0 (i32.sub (i32.const 1))) (local.get 0)
        (br_if $l (local.get 0))))`;
    expect(used(text, 10)).toBe(10);
  });

  test('is 1 for the entry of a function only if it can recur or is long', async () => {
    const calls = (callee: string) => `(func (export "f") (param i32) ${callee})`;
    const short = '(func $g (drop (i32.const 1)))';
    expect(used(short + calls('(call $g) (call $g)'), 0)).toBe(0);
    expect(used(`(func $g ${'(nop) '.repeat(256)}) ${calls('(call $g)')}`, 0)).toBe(2);
    expect(used(`(func $g ${'(nop) '.repeat(200)}) ${calls('(call $g)')}`, 0)).toBe(0);
    expect(used(`(func $g ${'(nop) '.repeat(200)}) ${calls('(call $g) (call $g)')}`, 0)).toBe(1);
    expect(used(`(func $g (local ${'i32 '.repeat(256)})) ${calls('(call $g)')}`, 0)).toBe(2);
    const table = '(type $t (func)) (table 1 funcref) (elem (i32.const 0) $g)';
    expect(used(table + short + calls('(call_indirect (type $t) (i32.const 0))'), 0)).toBe(1);
    expect(
      await usedNew(`(elem declare func $g) ${short} ${calls('(call_ref $t (ref.func $g))')}
      (type $t (func))`),
    ).toBe(1);
    const mutual = `(func $a (param i32) (if (local.get 0) (then (call $b (i32.const 0)))))
      (func $b (param i32) (if (local.get 0) (then (call $a (i32.const 0)))))`;
    expect(used(mutual + calls('(call $a (i32.const 1))'), 0)).toBe(3);
  });

  test('grows with the work of calls that double at each level', () => {
    const level = (n: number) =>
      `(func $f${n} ${n === 0 ? '' : `(call $f${n - 1}) (call $f${n - 1})`})`;
    const levels = Array.from({ length: 17 }, (_, n) => level(n)).join(' ');
    expect(used(`${levels} (func (export "f") (call $f16))`)).toBeGreaterThan(2 ** 16 / 256);
  });

  test('is 1 each time that a loop goes back around a try that delegates', () => {
    const text = `(tag $e) (func (export "f") (param i32)
      (loop $l
        (try (do (try (do (throw $e)) (delegate 0))) (catch_all))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $l (local.get 0))))`;
    expect(used(text, 9)).toBe(8 + 9 * throwUnits);
  });

  test('is 1 a call for recursion', () => {
    const text = `(func $f (export "f") (param i32)
      (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))`;
    expect(used(text, 41)).toBe(42);
  });

  test('is 1 a call for recursion through an import', () => {
    const text = `(module (import "m" "g" (func $g (param i32)))
      (func (export "f") (param i32)
        (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1)))))))`;
    const module = new WebAssembly.Module(meter(assemble(text)) as BufferSource);
    const g = (n: number): void => f(n);
    const { exports } = new WebAssembly.Instance(module, { m: { g } });
    const f = exports.f as (n: number) => void;
    const left = exports['metering.fuel'] as WebAssembly.Global<'i64'>;
    left.value = fuel;
    f(41);
    expect(fuel - left.value).toBe(42n);
  });

  test('is 1 a call for tail calls, direct and through a table', () => {
    const text = `(type $t (func (param i32))) (table 1 funcref) (elem (i32.const 0) $f)
      (func $f (export "f") (param i32)
        (if (local.get 0) (then (return_call_indirect (type $t)
          (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))`;
    expect(used(text, 41)).toBe(42);
  });

  test('is 1 each time that a loop goes back out of a catch block', () => {
    const text = `(tag $e) (func (export "f") (param i32)
      (loop $l
        (try (do (throw $e)) (catch_all
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $l (local.get 0))))))`;
    expect(used(text, 9)).toBe(8 + 9 * throwUnits);
  });

  test.each([
    [0, 0],
    [63, 0],
    [64, 1],
    [65_536, 1024],
  ])('is 1 for each 64 bytes of a memory.fill of %i', (length, units) => {
    const text = `(memory 1) (func (export "f") (param i32)
      (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))`;
    expect(used(text, length)).toBe(units);
  });

  test('charges a bulk instruction whose code is written long', () => {
    // (memory 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)))
    // with the code 11 of memory.fill as 0x8b 0x00.
    const exports = instantiate(
      meter(
        Uint8Array.from([
          ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1],
          ...[7, 5, 1, 1, 0x66, 0, 0, 10, 16, 1, 14, 0],
          ...[0x41, 0, 0x41, 1, 0x41, 0x80, 0x80, 4, 0xfc, 0x8b, 0, 0, 0x0b],
        ]),
      ),
    );
    const left = exports['metering.fuel'] as unknown as WebAssembly.Global;
    left.value = fuel;
    (exports.f as () => void)();
    expect(fuel - (left.value as bigint)).toBe(1024n);
  });

  test('runs out exactly when the last unit is spent', () => {
    const enough = metered(`(module ${loop})`, { fuel: 9n });
    enough.call('f', 10);
    expect(enough.fuelLeft()).toBe(0n);
    const short = metered(`(module ${loop})`, { fuel: 8n });
    expect(() => short.call('f', 10)).toThrow(WebAssembly.RuntimeError);
    expect(short.fuelLeft()).toBe(-1n);
  });

  test.each([
    ['a loop', '(func (export "f") (loop $l (br $l)))'],
    [
      'a loop in dead code that is reached by a branch',
      '(func (export "f") (block (br 0)) (loop $l (br_table $l $l (i32.const 0))))',
    ],
    ['recursion by tail calls', '(func $f (export "f") (return_call $f))'],
    [
      'a loop that catches everything',
      '(tag $e) (func (export "f") (loop $l (try (do (throw $e)) (catch_all (br $l))) (br $l)))',
    ],
    [
      'bulk work',
      '(memory 100) (func (export "f") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 6553600)) (br $l)))',
    ],
  ])('ends %s', (_, text) => {
    const instance = metered(`(module ${text})`, { fuel });
    expect(() => instance.call('f')).toThrow(WebAssembly.RuntimeError);
    expect(instance.fuelLeft()).toBeLessThan(0n);
    expect(instance.pageLimitHit()).toBe(false);
  });

  test('its trap is not caught by the module itself', () => {
    const text = `(module (func $spin (loop $l (br $l)))
      (func (export "f") (result i32)
        (try (result i32) (do (call $spin) (i32.const 1)) (catch_all (i32.const 2)))))`;
    const instance = metered(text, { fuel: 1000n });
    expect(() => instance.call('f')).toThrow(WebAssembly.RuntimeError);
  });

  test('a further call after the trap traps as soon as it has to pay', () => {
    const instance = metered(`(module ${loop})`, { fuel: 10n });
    expect(() => instance.call('f', 1000)).toThrow();
    expect(() => instance.call('f', 2)).toThrow(WebAssembly.RuntimeError);
  });
});

describe('the page limit', () => {
  const text = (type = '') => `(module (memory (export "memory") ${type} 2)
    (func (export "grow") (param ${type || 'i32'}) (result ${type || 'i32'}) (memory.grow (local.get 0))))`;

  test('lets memory grow to exactly the limit, and not by one page more', () => {
    const instance = metered(text(), { pages: 10 });
    expect(instance.call('grow', 7)).toBe(2);
    expect(instance.call('grow', 0)).toBe(9);
    expect(instance.call('grow', 1)).toBe(9);
    expect(instance.memory.buffer.byteLength).toBe(10 * 65_536);
    expect(instance.pageLimitHit()).toBe(false);
    expect(() => instance.call('grow', 1)).toThrow(WebAssembly.RuntimeError);
    expect(instance.pageLimitHit()).toBe(true);
    expect(instance.memory.buffer.byteLength).toBe(10 * 65_536);
  });

  test.each([0xff_ff_ff_ff, 0x80_00_00_00, 0x7f_ff_ff_ff, 0xff_ff_ff_fe, 65_536, 9])(
    'refuses a growth by %i pages, whatever the sum wraps to',
    (delta) => {
      const instance = metered(text(), { pages: 10 });
      expect(() => instance.call('grow', delta)).toThrow(WebAssembly.RuntimeError);
      expect(instance.pageLimitHit()).toBe(true);
      expect(instance.memory.buffer.byteLength).toBe(2 * 65_536);
    },
  );

  test.each([0, 1])('of %i pages, below the size at the start, refuses any growth', (pages) => {
    const instance = metered(text(), { pages });
    expect(() => instance.call('grow', 1)).toThrow(WebAssembly.RuntimeError);
    expect(instance.pageLimitHit()).toBe(true);
  });

  test('that is not set lets a growth fail as before', () => {
    const instance = metered(text());
    expect(instance.call('grow', 65_535)).toBe(-1);
    expect(instance.call('grow', 3)).toBe(2);
  });

  test('bounds a 64-bit memory as well', () => {
    const instance = metered(text('i64'), { pages: 10 });
    expect(instance.call('grow', 8n)).toBe(2n);
    expect(() => instance.call('grow', 0xff_ff_ff_ff_ff_ff_ff_ffn)).toThrow();
    expect(instance.pageLimitHit()).toBe(true);
  });

  test('its trap is not caught by the module itself', () => {
    const instance = metered(
      `(module (memory (export "memory") 1) (func (export "f") (result i32)
        (try (result i32) (do (memory.grow (i32.const 5))) (catch_all (i32.const 2)))))`,
      { pages: 3 },
    );
    expect(() => instance.call('f')).toThrow(WebAssembly.RuntimeError);
  });
});
