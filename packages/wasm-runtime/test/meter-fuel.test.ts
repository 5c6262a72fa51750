import { describe, expect, test } from 'vitest';
import { meter } from '../src/metering/meter.ts';
import { assemble, assembleNew, instantiate, metered } from './assemble.ts';

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
