/** The locale-sensitive methods, against those of Node, which have all of Unicode's data. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharedSandbox } from './workbench.ts';

const { value, error } = sharedSandbox();
const spaces = (texts: readonly string[]) => texts.map((text) => text.replaceAll('\u202f', ' '));

describe('toLocaleString() of numbers writes them as en-US', () => {
  const options: Intl.NumberFormatOptions[] = [
    {},
    { minimumFractionDigits: 2 },
    { maximumFractionDigits: 0 },
    { maximumFractionDigits: 1 },
    { minimumFractionDigits: 2, maximumFractionDigits: 2 },
    { maximumFractionDigits: 20 },
    { style: 'percent' },
    { style: 'percent', minimumFractionDigits: 1 },
    { style: 'currency', currency: 'USD' },
    { style: 'currency', currency: 'eur' },
    { style: 'currency', currency: 'JPY' },
    { style: 'currency', currency: 'CHF' },
    { style: 'currency', currency: 'USD', maximumFractionDigits: 0 },
    { useGrouping: false },
    { minimumIntegerDigits: 4 },
  ];
  const numbers = fc.sample(
    fc.oneof(
      fc.double({ noNaN: true, min: -1e25, max: 1e25 }),
      fc.integer().map((number) => number / 1000),
      fc.integer({ min: -100_000, max: 100_000 }).map((number) => number / 200),
      fc.constantFrom(
        0,
        -0,
        1e21,
        1e-7,
        5e-324,
        0.5,
        1.5,
        2.5,
        1.005,
        999.9996,
        0.999,
        1e20,
        123456789,
      ),
    ),
    { numRuns: 400, seed: 7 },
  );

  test('to the digit', async () => {
    const source = `export default ({ numbers, options }) => options.map((option) => numbers.map((number) => Number(number).toLocaleString('en-US', option)))`;
    const args = {
      numbers: numbers.map((number) => (Object.is(number, -0) ? '-0' : String(number))),
      options,
    };
    expect(await value(source, { args: args as never })).toEqual(
      options.map((option) => numbers.map((number) => number.toLocaleString('en-US', option))),
    );
  });

  test('and the same whatever locale is asked for', async () => {
    const source = `return [(1234.5).toLocaleString(), (1234.5).toLocaleString('de-DE'), 12345678901234567890n.toLocaleString('fr'), NaN.toLocaleString(), (-1 / 0).toLocaleString(), [1234.5, null, new Date(0)].toLocaleString(), new Float64Array([1e4]).toLocaleString()]`;
    expect(await value(source)).toEqual([
      '1,234.5',
      '1,234.5',
      '12,345,678,901,234,567,890',
      'NaN',
      '-∞',
      '1,234.5,,1/1/1970, 12:00:00 AM',
      '10,000',
    ]);
  });

  test.each([
    `(1).toLocaleString('en', { maximumFractionDigits: 101 })`,
    `(1).toLocaleString('en', { minimumFractionDigits: 3, maximumFractionDigits: 2 })`,
    `(1).toLocaleString('en', { minimumIntegerDigits: 0 })`,
    `(1).toLocaleString('en', { style: 'currency', currency: 'dollars' })`,
  ])('%s is a RangeError', async (expression) => {
    expect(await error(expression)).toMatchObject({ name: 'RangeError' });
  });
});

describe('toLocale…String() of dates writes them as en-US in UTC', () => {
  const date = { year: 'numeric', month: 'long', day: 'numeric' };
  const options: Record<string, unknown>[] = [
    {},
    date,
    { weekday: 'long', ...date },
    { weekday: 'short', month: 'short', day: 'numeric' },
    { weekday: 'long' },
    { month: 'short', day: '2-digit' },
    { month: 'long', year: 'numeric' },
    { year: 'numeric', month: '2-digit', day: '2-digit' },
    { year: '2-digit', month: 'numeric', day: 'numeric' },
    { weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
    { month: 'numeric', day: 'numeric' },
    { year: 'numeric' },
    { month: 'long' },
    { month: 'narrow' },
    { day: 'numeric' },
    { hour: 'numeric' },
    { hour: '2-digit', minute: '2-digit' },
    { hour: 'numeric', minute: '2-digit', hour12: false },
    { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    { hour: 'numeric', minute: 'numeric', second: 'numeric', fractionalSecondDigits: 3 },
    { minute: '2-digit', second: '2-digit' },
    { ...date, hour: 'numeric', minute: '2-digit' },
    { ...date, month: 'short', hour: 'numeric', minute: '2-digit' },
    {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hour12: false,
    },
    { hour: 'numeric', minute: 'numeric', timeZoneName: 'short' },
    ...['full', 'long', 'medium', 'short'].flatMap((dateStyle) => [
      { dateStyle },
      ...['full', 'long', 'medium', 'short'].map((timeStyle) => ({ dateStyle, timeStyle })),
    ]),
    { timeStyle: 'short' },
    { timeStyle: 'medium', hour12: false },
  ];
  const dates = fc
    .sample(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), {
      numRuns: 60,
      seed: 7,
    })
    .concat([
      new Date(0),
      new Date('2024-02-29T12:00:00.009Z'),
      new Date('2024-12-31T23:59:59.999Z'),
    ]);
  const methods = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'] as const;

  test.each(methods)('%s', async (method) => {
    const fitting = options.filter(
      ({ dateStyle, timeStyle }) =>
        (method !== 'toLocaleDateString' || timeStyle === undefined) &&
        (method !== 'toLocaleTimeString' || dateStyle === undefined),
    );
    const source = `export default ({ dates, options }) => options.map((option) => dates.map((date) => new Date(date).${method}('en-US', option)))`;
    const args = { dates: dates.map(Number), options: fitting } as never;
    const found = (await value(source, { args })) as string[][];
    for (const [index, option] of fitting.entries()) {
      const expected = dates.map((at) => at[method]('en-US', { ...option, timeZone: 'UTC' }));
      expect(found[index], JSON.stringify(option)).toEqual(spaces(expected));
    }
  });

  test('and refuse another time zone than UTC', async () => {
    const source = (zone: string) =>
      `return new Date(0).toLocaleString('de-DE', { timeZone: '${zone}' })`;
    expect(await value(source('UTC'))).toBe('1/1/1970, 12:00:00 AM');
    expect(await value(source('Etc/UTC'))).toBe('1/1/1970, 12:00:00 AM');
    expect(await error(source('America/New_York'))).toMatchObject({
      code: 'UNAVAILABLE_IN_SANDBOX',
      message: expect.stringContaining('all times are in UTC'),
    });
    expect(await value('return new Date(NaN).toLocaleDateString()')).toBe('Invalid Date');
  });
});

describe('localeCompare() orders as a dictionary', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcxyzABCXYZ0129 _-.,(éÉèäÄöñçØøαΑβжЖ中'),
    maxLength: 8,
  });
  const pairs = fc.sample(fc.tuple(word, word), { numRuns: 3_000, seed: 7 });
  const near = fc.sample(word, { numRuns: 500, seed: 8 }).flatMap((text): [string, string][] => [
    [text, text.toUpperCase()],
    [text, text.normalize('NFD')],
    [text, `${text}a`],
    [text, text.normalize('NFD').replace(/[\u0300-\u036f]/gu, '')],
  ]);
  const options = [
    {},
    { sensitivity: 'base' },
    { sensitivity: 'accent' },
    { sensitivity: 'case' },
    { numeric: true },
    { numeric: true, sensitivity: 'base' },
  ] as const;

  test.each(options)('as Node does, with %j', async (option) => {
    const all = [...pairs, ...near];
    const source = `export default ({ pairs, option }) => pairs.map(([a, b]) => a.localeCompare(b, undefined, option))`;
    const found = (await value(source, { args: { pairs: all, option } })) as number[];
    const wrong = all.filter(
      ([a, b], index) => Math.sign(a.localeCompare(b, 'en-US', option)) !== found[index],
    );
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test('sorts names and versions as people do', async () => {
    expect(
      await value(
        `return [['b', 'a', 'C', 'ä', 'A', 'z10', 'z9'].sort((a, b) => a.localeCompare(b)), ['v10', 'v9', 'v1'].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))]`,
      ),
    ).toEqual([
      ['a', 'A', 'ä', 'b', 'C', 'z10', 'z9'],
      ['v1', 'v9', 'v10'],
    ]);
  });
});

describe('normalize() is Unicode’s', () => {
  const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'];

  test('for every code point, with marks and Hangul around it', async () => {
    // The guest sends what differs from the code point itself; the host knows what should.
    const source = `export default ({ forms, from, to }) => {
  const changed = [];
  for (let code = from; code < to; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const text = '\\u1100' + String.fromCodePoint(code) + '\\u0323\\u0301' + String.fromCodePoint(code);
    for (const form of forms) changed.push(text.normalize(form));
  }
  return changed.join('\\n');
}`;
    for (const [from, to] of [
      [0x20, 0x3400],
      [0xabf0, 0xad00],
      [0xf900, 0xfffe],
      [0x11000, 0x11a00],
      [0x1d100, 0x1d800],
      [0x2f800, 0x2fa20],
    ] as const) {
      const expected: string[] = [];
      for (let code = from; code < to; code++) {
        const character = String.fromCodePoint(code);
        for (const form of forms) {
          expected.push(`\u1100${character}\u0323\u0301${character}`.normalize(form));
        }
      }
      const found = await value(source, { args: { forms, from, to } });
      expect(found === expected.join('\n'), from.toString(16)).toBe(true);
    }
  });

  test('and slugs can be made with it', async () => {
    expect(
      await value(
        String.raw`return 'Crème Brûlée'.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()`,
      ),
    ).toBe('creme brulee');
    expect(await error(`'a'.normalize('nfc')`)).toMatchObject({ name: 'RangeError' });
    expect(await error(`String.prototype.normalize.call(null)`)).toMatchObject({
      name: 'TypeError',
    });
  });
});
