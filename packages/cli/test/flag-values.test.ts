import { SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { parseArgs, parseBytes, parseFuel, parseMilliseconds } from '../src/flag-values.ts';

const MiB = 1024 * 1024;

test.each<[string, number]>([
  ['1', 1],
  ['64MiB', 64 * MiB],
  ['64mb', 64 * MiB],
  [' 64 M ', 64 * MiB],
  ['1.5MiB', 1.5 * MiB],
  ['512k', 512 * 1024],
  ['2GB', 2048 * MiB],
  ['100b', 100],
])('parseBytes(%j) is %i', (text, bytes) => {
  expect(parseBytes('memory', text)).toBe(bytes);
});

test.each<[string, number]>([
  ['500', 500],
  ['500ms', 500],
  ['30s', 30_000],
  ['0.5s', 500],
  ['2m', 120_000],
  ['2MIN', 120_000],
  ['2147483647', 2_147_483_647],
])('parseMilliseconds(%j) is %i', (text, milliseconds) => {
  expect(parseMilliseconds('wall', text)).toBe(milliseconds);
});

test.each<[string, number]>([
  ['1', 1],
  ['500M', 500_000_000],
  ['2g', 2_000_000_000],
  ['1.5k', 1_500],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
])('parseFuel(%j) is %i', (text, fuel) => {
  expect(parseFuel('fuel', text)).toBe(fuel);
});

const shapeless = [
  ...['', ' ', 'x', '-1', '+1', '1e9', '0x10', '1_000', '1,5', '.5', '5.', '1 2', '1 parsec'],
  ...['NaN', 'Infinity', '١', '1constructor', '1__proto__', '1toString', '1\n2'],
];
const outOfRange = ['0', '0.4', '00', '9007199254740992', `${'9'.repeat(400)}`];

test.each([...shapeless, ...outOfRange])('%j is refused with an example', (text) => {
  for (const parse of [parseBytes, parseMilliseconds, parseFuel]) {
    const refusal = refusalOf(() => parse('flag', text));
    expect(refusal.code).toBe('USAGE');
    expect(refusal.message).toContain(`--flag does not take ${JSON.stringify(text)}`);
    expect(refusal.hint).toMatch(/^Write it like \d/u);
  }
});

test('a time that no timer can wait is refused', () => {
  const refusal = refusalOf(() => parseMilliseconds('wall', '36000m'));
  expect(refusal.message).toContain('too large');
});

test.each<[string, unknown]>([
  ['{"a": [1, null, true]}', { a: [1, null, true] }],
  ['"text"', 'text'],
  ['0', 0],
  [' null\n', null],
])('parseArgs(%j)', async (text, value) => {
  expect(await parseArgs(text)).toEqual(value);
});

test('parseArgs keeps __proto__ a key like others', async () => {
  const value = await parseArgs('{"__proto__": {"polluted": true}}');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each(['', '{', '{a: 1}', "{'a': 1}", 'undefined', '[1,]', '{} {}', '// x'])(
  'parseArgs(%j) says what is wrong and how to quote it',
  async (text) => {
    const refusal = await parseArgs(text).catch((error) => error);
    expect(refusal).toBeInstanceOf(SandboxError);
    expect(refusal.code).toBe('USAGE');
    expect(refusal.message).toMatch(/^--args is not JSON: .+\.$/u);
    expect(refusal.hint).toContain('@file.json');
  },
);

function refusalOf(parse: () => number): SandboxError {
  try {
    const value = parse();
    throw new Error(`It was taken as ${value}.`);
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxError);
    return error as SandboxError;
  }
}
