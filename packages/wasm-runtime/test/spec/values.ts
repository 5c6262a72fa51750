import { float, integer } from './numbers.ts';
import { atomOf, headOf, isList, type List } from './s-expressions.ts';

/**
 * A value as it crosses to JavaScript without loss: i32 and the bits of an f32 as a number, i64, the
 * bits of an f64 and each half of a v128 (low half first) as a bigint, a reference as it is.
 */
export type Raw = unknown;

const hostObjects = new Map<string, object>();

/** The same object for the same number, in every world. */
function hostObject(number: string): object {
  const known = hostObjects.get(number) ?? { number };
  hostObjects.set(number, known);
  return known;
}

const laneBits: Readonly<Record<string, 8 | 16 | 32 | 64>> = {
  i8x16: 8,
  i16x8: 16,
  i32x4: 32,
  i64x2: 64,
  f32x4: 32,
  f64x2: 64,
};

const bitsOf = (literal: string, shape: string, bits: 8 | 16 | 32 | 64): bigint =>
  shape.startsWith('f')
    ? float(literal, bits as 32 | 64)
    : BigInt.asUintN(bits, integer(literal, bits));

/** The raw values of the argument `list`. */
export function rawValues(list: List): Raw[] {
  const [first = ''] = list.items.slice(1).map((item) => atomOf(item) ?? '');
  switch (headOf(list)) {
    case 'i32.const':
      return [Number(integer(first, 32))];
    case 'i64.const':
      return [integer(first, 64)];
    case 'f32.const':
      return [Number(BigInt.asIntN(32, float(first, 32)))];
    case 'f64.const':
      return [BigInt.asIntN(64, float(first, 64))];
    case 'v128.const': {
      const bits = laneBits[first] as 8 | 16 | 32 | 64;
      const literals = list.items.slice(2).map((item) => atomOf(item) as string);
      const whole = literals.reduceRight(
        (sum, literal) => (sum << BigInt(bits)) | bitsOf(literal, first, bits),
        0n,
      );
      return [BigInt.asIntN(64, whole), BigInt.asIntN(64, whole >> 64n)];
    }
    case 'ref.null':
      return [null];
    case 'ref.extern':
    case 'ref.host':
      return [hostObject(first)];
    default:
      throw new Error(`There is no argument ${headOf(list)}.`);
  }
}

function matchesFloat(bits: bigint, literal: string, width: 32 | 64): boolean {
  const quiet = float('nan', width);
  const unsigned = BigInt.asUintN(width, bits);
  if (literal === 'nan:canonical') return BigInt.asUintN(width - 1, unsigned) === quiet;
  if (literal === 'nan:arithmetic') return (unsigned & quiet) === quiet;
  return unsigned === float(literal, width);
}

function matchesVector(low: bigint, high: bigint, list: List): boolean {
  const [shape, ...literals] = list.items.slice(1).map((item) => atomOf(item) as string) as [
    string,
    ...string[],
  ];
  const bits = laneBits[shape] as 8 | 16 | 32 | 64;
  const whole = (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low);
  return literals.every((literal, lane) => {
    const value = BigInt.asUintN(bits, whole >> BigInt(lane * bits));
    return shape.startsWith('f')
      ? matchesFloat(value, literal, bits as 32 | 64)
      : value === bitsOf(literal, shape, bits);
  });
}

const isReference = (value: Raw): boolean => value !== null && value !== undefined;

/** Takes the raw values of one result from the front of `values`; whether they are as `expected`. */
export function takeMatching(values: Raw[], expected: List): boolean {
  const head = headOf(expected);
  if (head === 'either') {
    const alternatives = expected.items.slice(1).filter(isList);
    const taken = values.splice(0, headOf(alternatives[0] as List) === 'v128.const' ? 2 : 1);
    return alternatives.some((alternative) => takeMatching([...taken], alternative));
  }
  const value = values.shift();
  const literal = atomOf(expected.items[1]);
  switch (head) {
    case 'f32.const':
      return matchesFloat(BigInt(value as number), literal as string, 32);
    case 'f64.const':
      return matchesFloat(value as bigint, literal as string, 64);
    case 'v128.const':
      return matchesVector(value as bigint, values.shift() as bigint, expected);
    case 'ref.func':
      return typeof value === 'function';
    case 'ref.i31':
      return typeof value === 'number';
    case 'ref.any':
    case 'ref.eq':
    case 'ref.struct':
    case 'ref.array':
      return isReference(value);
    case 'ref.extern':
      return literal === undefined ? isReference(value) : value === hostObject(literal);
    default:
      return Object.is(value, rawValues(expected)[0]);
  }
}
