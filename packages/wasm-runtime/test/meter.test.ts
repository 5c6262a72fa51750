import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meter } from '../src/metering/meter.ts';
import { assemble, instantiate } from './assemble.ts';

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
