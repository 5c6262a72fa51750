import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assembleNew, metered } from './assemble.ts';

/** A label that a statement can branch to; of some loops it takes an i32. */
interface Label {
  readonly takesValue: boolean;
}

/** An endless supply of choices: `pick(n)` is one of 0 … n - 1. */
type Pick = (count: number) => number;

const random = '(call $random)';
const bump = (name: string) =>
  `(global.set $${name} (i32.add (global.get $${name}) (i32.const 1)))`;

/** A branch of some kind to one of `labels`, outermost last. */
function branch(labels: readonly Label[], pick: Pick): string {
  const depth = pick(labels.length);
  const { takesValue } = labels[depth] as Label;
  const value = takesValue ? '(i32.const 0)' : '';
  const alike = labels.flatMap((label, n) => (label.takesValue === takesValue ? [n] : []));
  const some = Array.from({ length: 1 + pick(4) }, () => alike[pick(alike.length)]);
  const maybeNull = `(select (result funcref) (ref.null func) (ref.func $f) ${random})`;
  const kinds = [
    `${value} (br ${depth})`,
    `${value} (br_if ${depth} ${random}) ${takesValue ? 'drop' : ''}`,
    `${value} ${random} br_table ${some.join(' ')}`,
    `${value} (drop (br_on_null ${depth} ${maybeNull})) ${takesValue ? 'drop' : ''}`,
  ];
  if (!takesValue)
    kinds.push(
      `(try_table (${pick(2) === 0 ? 'catch_all' : 'catch $e'} ${depth}) (if ${random} (then (throw $e))))`,
    );
  return kinds[pick(kinds.length)] as string;
}

function statements(labels: readonly Label[], depth: number, pick: Pick): string {
  const inside = (takesValue = false) => statements([{ takesValue }, ...labels], depth - 1, pick);
  const loop = (takesValue: boolean) =>
    `${bump('entries')} ${takesValue ? '(i32.const 0)' : ''} (loop ${takesValue ? '(param i32) drop' : ''}
      ${bump('starts')} (if (i32.gt_u (global.get $starts) (i32.const 500)) (then (return)))
      ${inside(takesValue)})`;
  const one = (): string => {
    if (depth === 0) return branch(labels, pick);
    switch (pick(8)) {
      case 0:
      case 1:
        return loop(false);
      case 2:
        return loop(true);
      case 3:
        return `(block ${inside()})`;
      case 4:
        return `(if ${random} (then ${inside()}) (else ${inside()}))`;
      case 5:
        return `(try_table (catch_all ${pick(2) === 0 && labels[0]?.takesValue === false ? 0 : labels.length - 1}) ${inside()})`;
      default:
        return branch(labels, pick);
    }
  };
  return Array.from({ length: 1 + pick(3) }, one).join('\n');
}

test('each way back to the start of any loop takes a unit', async () => {
  let mostBack = 0;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1 << 20)), fc.nat(), async (choices, seed) => {
      const pick: Pick = (count) => (choices.next().value as number) % count;
      const body = statements([{ takesValue: false }], 4, pick);
      const text = `(module (tag $e) (elem declare func $f)
        (global $entries (export "entries") (mut i32) (i32.const 0))
        (global $starts (export "starts") (mut i32) (i32.const 0))
        (global $state (mut i32) (i32.const ${seed | 1}))
        (func $random (result i32)
          (global.set $state (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 13))))
          (global.set $state (i32.xor (global.get $state) (i32.shr_u (global.get $state) (i32.const 17))))
          (global.set $state (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 5))))
          (i32.and (global.get $state) (i32.const 1)))
        (func $f (export "f") ${body}))`;
      const fuel = 10_000_000n;
      const instance = metered(await assembleNew(text), { fuel });
      instance.call('f');
      const back = instance.global('starts') - instance.global('entries');
      mostBack = Math.max(mostBack, back);
      expect(Number(fuel - instance.fuelLeft())).toBeGreaterThanOrEqual(back);
    }),
    { numRuns: 400 },
  );
  expect(mostBack).toBeGreaterThan(400);
});
