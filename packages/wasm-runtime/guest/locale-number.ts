/** Numbers as `toLocaleString('en-US')` writes them. */
import {
  includes,
  RangeErrorClass,
  repeat,
  slice,
  toNumber,
  toText,
  toUpperCase,
} from './intrinsics.ts';

interface NumberOptions {
  readonly style?: unknown;
  readonly currency?: unknown;
  readonly minimumFractionDigits?: unknown;
  readonly maximumFractionDigits?: unknown;
  readonly minimumIntegerDigits?: unknown;
  readonly useGrouping?: unknown;
}

interface Decimal {
  readonly negative: boolean;
  /** Digits before the point, without leading zeros: "0" for none. */
  readonly whole: string;
  readonly fraction: string;
}

/** Signs of the currencies that have one of their own in English; others are named by code. */
const signs: Readonly<Record<string, string>> = {
  __proto__: null as never,
  AUD: 'A$',
  BRL: 'R$',
  CAD: 'CA$',
  CNY: 'CN¥',
  EUR: '€',
  GBP: '£',
  HKD: 'HK$',
  ILS: '₪',
  INR: '₹',
  JPY: '¥',
  KRW: '₩',
  MXN: 'MX$',
  NZD: 'NZ$',
  PHP: '₱',
  TWD: 'NT$',
  USD: '$',
  VND: '₫',
};
/** Currencies without a smaller unit. */
const wholeOnly = ' CLP ISK JPY KRW PYG UGX VND XAF XOF XPF ';

/** @param text as `String(number)` writes it */
function decimal(text: string, shift: number): Decimal {
  const negative = text[0] === '-';
  let whole = '';
  let fraction = '';
  let exponent = shift;
  let afterPoint = false;
  for (let index = negative ? 1 : 0; index < text.length; index++) {
    const character = text[index] as string;
    if (character === 'e') {
      exponent += toNumber(slice(text, index + 1));
      break;
    }
    if (character === '.') afterPoint = true;
    else if (afterPoint) fraction += character;
    else whole += character;
  }
  if (exponent > 0) {
    const padded =
      fraction + repeat('0', exponent > fraction.length ? exponent - fraction.length : 0);
    whole += slice(padded, 0, exponent);
    fraction = slice(padded, exponent);
  } else if (exponent < 0) {
    const padded = repeat('0', -exponent > whole.length ? -exponent - whole.length : 0) + whole;
    fraction = slice(padded, padded.length + exponent) + fraction;
    whole = slice(padded, 0, padded.length + exponent);
  }
  return { negative, whole: withoutLeadingZeros(whole), fraction };
}

function withoutLeadingZeros(digits: string): string {
  let from = 0;
  while (from < digits.length - 1 && digits[from] === '0') from++;
  return digits === '' ? '0' : slice(digits, from);
}

/** At most `digits` after the point; halves go away from zero. */
function rounded({ negative, whole, fraction }: Decimal, digits: number): Decimal {
  if (fraction.length <= digits) return { negative, whole, fraction };
  const up = (fraction[digits] as string) >= '5';
  const kept = whole + slice(fraction, 0, digits);
  let text = kept;
  if (up) {
    let at = kept.length - 1;
    while (at >= 0 && kept[at] === '9') at--;
    const next = at < 0 ? '1' : toText(toNumber(kept[at]) + 1);
    text = slice(kept, 0, at < 0 ? 0 : at) + next + repeat('0', kept.length - 1 - at);
  }
  const point = text.length - digits;
  return { negative, whole: slice(text, 0, point), fraction: slice(text, point) };
}

function grouped(whole: string): string {
  let text = '';
  for (let index = 0; index < whole.length; index++) {
    if (index > 0 && (whole.length - index) % 3 === 0) text += ',';
    text += whole[index];
  }
  return text;
}

function digitCount(value: unknown, name: string, fallback: number, least = 0): number {
  if (value === undefined) return fallback;
  const count = toNumber(value);
  if (count >= least && count <= 100) return count - (count % 1);
  throw new RangeErrorClass(`${name} value is out of range.`);
}

/**
 * @param text as `String(number)` or `String(bigint)` writes it
 * @throws RangeError for a number of digits that is out of range, or a currency that is none
 */
export function numberText(text: string, given?: unknown): string {
  const options = (given ?? {}) as NumberOptions;
  const isPercent = options.style === 'percent';
  const currency =
    options.style === 'currency' ? toUpperCase(toText(options.currency ?? '')) : undefined;
  if (currency !== undefined && currency.length !== 3) {
    throw new RangeErrorClass('A currency is named by three letters, such as USD.');
  }
  const usual = currency === undefined ? undefined : includes(wholeOnly, currency) ? 0 : 2;
  const leastUsual = usual ?? 0;
  const mostUsual = usual ?? (isPercent ? 0 : 3);
  const { minimumFractionDigits, maximumFractionDigits } = options;
  let most = digitCount(maximumFractionDigits, 'maximumFractionDigits', -1);
  let least = digitCount(minimumFractionDigits, 'minimumFractionDigits', -1);
  if (least < 0) least = most < 0 || most > leastUsual ? leastUsual : most;
  if (most < 0) most = least > mostUsual ? least : mostUsual;
  if (least > most) throw new RangeErrorClass('maximumFractionDigits value is out of range.');
  const leastWhole = digitCount(options.minimumIntegerDigits, 'minimumIntegerDigits', 1, 1);

  const sign = currency === undefined ? '' : (signs[currency] ?? `${currency}\u00a0`);
  const unit = isPercent ? '%' : '';
  if (text === 'NaN') return `${sign}NaN${unit}`;
  if (text === 'Infinity' || text === '-Infinity') {
    return `${text[0] === '-' ? '-' : ''}${sign}∞${unit}`;
  }
  const { negative, whole, fraction } = rounded(decimal(text, isPercent ? 2 : 0), most);
  let shown = fraction;
  while (shown.length > least && shown[shown.length - 1] === '0') {
    shown = slice(shown, 0, shown.length - 1);
  }
  shown += repeat('0', shown.length < least ? least - shown.length : 0);
  const padded = repeat('0', whole.length < leastWhole ? leastWhole - whole.length : 0) + whole;
  const digits = options.useGrouping === false ? padded : grouped(padded);
  return `${negative ? '-' : ''}${sign}${digits}${shown === '' ? '' : `.${shown}`}${unit}`;
}
