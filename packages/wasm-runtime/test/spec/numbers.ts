/** Number literals of the WebAssembly text format (§6.3) as bits. */

interface Format {
  readonly significandBits: number;
  readonly exponentBits: number;
}
const single: Format = { significandBits: 23, exponentBits: 8 };
const double: Format = { significandBits: 52, exponentBits: 11 };

export function integer(literal: string, bits: number): bigint {
  const digits = literal.replaceAll('_', '');
  const magnitude = BigInt(digits.replace(/^[+-]/u, ''));
  return BigInt.asIntN(bits, digits.startsWith('-') ? -magnitude : magnitude);
}

/** `numerator / denominator` rounded to nearest, ties to even, as the bits of a positive float. */
function round(numerator: bigint, denominator: bigint, format: Format): bigint {
  const { significandBits, exponentBits } = format;
  if (numerator === 0n) return 0n;
  const bias = 2 ** (exponentBits - 1) - 1;
  const length = (value: bigint): number => value.toString(2).length;
  const least = 1 - bias - significandBits;
  let exponent = Math.max(length(numerator) - length(denominator) - significandBits - 1, least);
  const significandAt = (e: number): bigint => {
    const [n, d] =
      e >= 0 ? [numerator, denominator << BigInt(e)] : [numerator << BigInt(-e), denominator];
    const quotient = n / d;
    const twice = 2n * (n % d);
    return twice > d || (twice === d && quotient % 2n === 1n) ? quotient + 1n : quotient;
  };
  const limit = 1n << BigInt(significandBits + 1);
  let significand = significandAt(exponent);
  while (significand >= limit) significand = significandAt(++exponent);
  const isNormal = significand >= limit / 2n;
  const biased = isNormal ? exponent - least + 1 : 0;
  const infinity = BigInt(2 ** exponentBits - 1);
  if (BigInt(biased) >= infinity) return infinity << BigInt(significandBits);
  return (BigInt(biased) << BigInt(significandBits)) | (significand & (limit / 2n - 1n));
}

function magnitude(literal: string, format: Format): bigint {
  const { significandBits, exponentBits } = format;
  const infinity = BigInt(2 ** exponentBits - 1) << BigInt(significandBits);
  if (literal === 'inf') return infinity;
  if (literal === 'nan') return infinity | (1n << BigInt(significandBits - 1));
  if (literal.startsWith('nan:')) return infinity | BigInt(literal.slice(4));
  const isHex = literal.startsWith('0x');
  const parts = isHex
    ? /^0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/iu
    : /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/iu;
  const [, whole = '', fraction = '', exponent = '0'] = parts.exec(literal) ?? [];
  const digits = BigInt(`${isHex ? '0x' : ''}0${whole}${fraction}`);
  const [base, scale] = isHex
    ? [2n, Number(exponent) - 4 * fraction.length]
    : [10n, Number(exponent) - fraction.length];
  return scale >= 0
    ? round(digits * base ** BigInt(scale), 1n, format)
    : round(digits, base ** BigInt(-scale), format);
}

/** The bits of a float literal of 32 or 64 bits. */
export function float(literal: string, bits: 32 | 64): bigint {
  const text = literal.replaceAll('_', '');
  const sign = text.startsWith('-') ? 1n << BigInt(bits - 1) : 0n;
  return sign | magnitude(text.replace(/^[+-]/u, ''), bits === 32 ? single : double);
}
