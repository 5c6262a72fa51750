import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryReader, MalformedModuleError } from '../src/metering/binary.ts';
import { meter } from '../src/metering/meter.ts';
import { assemble, assembleNew } from './assemble.ts';

const sample = assemble(`(module
  (import "m" "g" (global i32)) (import "m" "f" (func (param i32)))
  (memory 1 4) (table 2 funcref) (tag (param i32))
  (global (mut i64) (i64.const 5)) (data $d "hello") (elem (i32.const 0) $main)
  (func $main (export "main") (param i32) (result i32) (local i64 v128)
    (loop $l (block (br_table 0 1 $l (local.get 0))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 9)))
    (drop (memory.grow (i32.const 1)))
    (try (do (throw 0 (i32.const 3))) (catch_all (drop (f64.const 1.5))))
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i32x4 1 2 3 4) (local.get 2)))
    (i32.add (local.get 0) (i32.const -1000000))))`);

const newSample = await assembleNew(`(module
  (rec (type $a (sub (array (mut i8)))) (type $s (struct (field (ref null $a)) (field (mut v128)))))
  (type $t (sub $a (array (mut i8)))) (type $f (func (param i32) (result (ref $s))))
  (memory i64 1 4) (memory 1) (table $n i64 2 9 (ref null $a) (array.new_fixed $a 1 (i32.const 4)))
  (tag (param i32)) (global (mut (ref $a)) (array.new_default $a (i32.const 5))) (data $d "hello")
  (elem $e (ref $a) (array.new $a (i32.const 1) (i32.const 2)) (array.new_default $a (i32.const 3)))
  (func (export "main") (type $f)
    (drop (table.grow $n (ref.null $a) (i64.const 1)))
    (memory.copy 0 1 (i64.const 0) (i32.const 0) (i32.const 9))
    (drop (memory.grow 1 (i32.const 1)))
    (block $h (drop (block $c (result i32) (try_table (catch 0 $c) (catch_all $h) (throw 0 (local.get 0))) (unreachable))))
    (struct.new $s (array.new_data $a $d (i32.const 0) (local.get 0)) (v128.const i64x2 0 0))))`);

/** Rewrites `bytes`, or says that they are no module; every other exception goes through. */
function outcome(bytes: Uint8Array): 'rewritten' | 'refused' {
  try {
    expect(meter(bytes)).toBeInstanceOf(Uint8Array);
    return 'rewritten';
  } catch (error) {
    if (error instanceof MalformedModuleError) return 'refused';
    throw error;
  }
}

/** Whether the rewriter made a module that V8 accepts out of one that V8 refuses. */
const isValid = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes as BufferSource);

describe('meter() on what is no module', () => {
  test('refuses every truncation inside the header or a section, and nothing else happens', () => {
    for (const whole of [sample, newSample]) {
      expect(outcome(whole)).toBe('rewritten');
      for (let length = 0; length < whole.length; length++) {
        const cut = whole.subarray(0, length);
        if (outcome(cut) === 'rewritten') expect(isValid(meter(cut))).toBe(isValid(cut));
      }
    }
  });

  test.each([
    ['no bytes', []],
    ['another magic', [0, 0x61, 0x73, 0x6e, 1, 0, 0, 0]],
    ['another version', [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]],
    ['a component', [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]],
    ['an unknown section', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 14, 0]],
    ['a section longer than the file', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 200, 1]],
    [
      'a length of more than 32 bits',
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xff, 0x7f],
    ],
    ['a body longer than its section', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 3, 1, 100, 0]],
    ['2^32 - 1 functions', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('refuses %s', (_, bytes) => {
    expect(() => meter(Uint8Array.from(bytes))).toThrow(MalformedModuleError);
  });

  const body = (...code: number[]) =>
    Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
      ...[10, code.length + 4, 1, code.length + 2, 0, ...code, 0x0b],
    ]);

  test.each([0x16, 0x17, 0x1d, 0x1e, 0x27, 0xc5, 0xcf, 0xd7, 0xdf, 0xe0, 0xe6, 0xf0, 0xff])(
    'refuses the unknown opcode 0x%s',
    (opcode) => {
      expect(() => meter(body(opcode))).toThrow(/unknown instruction/u);
    },
  );

  test.each([
    ['0xfb', 0xfb, 31],
    ['0xfc', 0xfc, 18],
    ['0xfd', 0xfd, 0x94, 0x02],
    ['0xfe', 0xfe, 4],
  ])('refuses an unknown instruction after the prefix %s', (_, ...code) => {
    expect(() => meter(body(...(code as number[])))).toThrow(/unknown instruction/u);
  });

  test('random bytes are refused or rewritten, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, withHeader) => {
        outcome(withHeader ? Uint8Array.of(...sample.subarray(0, 8), ...bytes) : bytes);
      }),
      { numRuns: 3000 },
    );
  });

  test('flipped bytes never make an invalid module valid', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(sample, newSample), changes, (original, flips) => {
        const bytes = original.slice();
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        if (outcome(bytes) === 'rewritten' && isValid(meter(bytes))) {
          expect(isValid(bytes)).toBe(true);
        }
      }),
      // The example makes an index past the end name one of the globals that metering adds.
      { numRuns: 10_000, examples: [[sample, [[85, 109]]]] },
    );
  });

  test('says at which byte it stopped', () => {
    expect(() => meter(body(0xff))).toThrow(/at byte \d+$/u);
  });
});

test('an integer that does not end is refused, whatever reads it', () => {
  const endless = () => new BinaryReader(new Uint8Array(12).fill(0x80));
  expect(() => endless().u32()).toThrow('integer too large');
  expect(() => endless().s32()).toThrow('integer too long');
  for (const bits of [32, 33, 64] as const) {
    expect(() => endless().skipLeb(bits)).toThrow('integer too long');
  }
});

test('a module that imports its memory is rewritten as well', () => {
  expect(outcome(assemble('(module (import "m" "m" (memory 1 2)))'))).toBe('rewritten');
});
