import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findContent } from '../src/filter/find.ts';
import { contentKinds } from '../src/filter/kinds.ts';
import { OwnPattern } from '../src/filter/own-pattern.ts';
import { measure } from './filter-measure.ts';

const options = {
  kinds: new Set(contentKinds),
  patterns: [
    new OwnPattern('ticket', 'ACME-\\d{4,6}'),
    new OwnPattern('long', '\\w{3,60}-?[a-z1 -]+'),
  ],
  tokenKinds: new Set(['EMAIL', 'LITERAL']),
};
const found = (text: string, key?: string) =>
  findContent(text, { ...options, patterns: [] }, key).map(
    ({ kind, start, end }) => `${kind} ${text.slice(start, end)}`,
  );

/** Least recall and precision in percent. */
const least = {
  email: [100, 100],
  phone: [91, 99],
  card: [100, 96],
  iban: [100, 100],
  national_id: [94, 100],
  ip: [100, 61],
  api_key: [92, 100],
} as const;

test('in the corpus each kind is found as often as promised, and as rarely found wrongly', () => {
  const { kinds, nothings } = measure();
  for (const kind of contentKinds) {
    const { samples, found: hits, wrong } = kinds[kind] ?? { samples: 0, found: 0, wrong: 0 };
    const [recall, precision] = least[kind];
    expect(samples, kind).toBeGreaterThanOrEqual(180);
    expect((100 * hits) / samples, `recall of ${kind}`).toBeGreaterThanOrEqual(recall);
    expect((100 * hits) / (hits + wrong), `precision of ${kind}`).toBeGreaterThanOrEqual(precision);
  }
  const classes = Object.values(nothings);
  expect(classes.reduce((sum, { samples }) => sum + samples, 0)).toBeGreaterThanOrEqual(2_000);
});

test('docs/filter.md says what the corpus gives', () => {
  const script = fileURLToPath(new URL('../scripts/filter-table.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('findings are those of the text, from left to right and without overlaps', () => {
  expect(found('a@b.org,c@d.org: +49 170 1234567/4111 1111 1111 1111 (212) 555-0187')).toEqual([
    'email a@b.org',
    'email c@d.org',
    'phone +49 170 1234567',
    'card 4111 1111 1111 1111',
    'phone (212) 555-0187',
  ]);
  expect(found('DE89 3704 0044 0532 0130 00, fe80::1: up; Bearer abcdef1234567890xyz')).toEqual([
    'iban DE89 3704 0044 0532 0130 00',
    'ip fe80::1',
    'api_key abcdef1234567890xyz',
  ]);
});

test('a wrong check digit, issuer or length makes a number none', () => {
  for (const text of [
    '4111 1111 1111 1112',
    '9111111111111111',
    '4111 1111-1111 1111',
    '41111111111111110000000',
    'DE88 3704 0044 0532 0130 00',
    'DE89 3704 0044 0532 0130 0',
    '86095742718',
    '000-12-3456',
    '12345678A',
    '111.111.111-11',
  ]) {
    expect(found(text), text).toEqual([]);
  }
});

test('a bare number is a phone number or an SSN only where its name says so', () => {
  expect(found('2125550187')).toEqual([]);
  for (const key of ['phone', 'phoneNumber', 'customer_phone', 'Tel.']) {
    expect(found('2125550187', key), key).toEqual(['phone 2125550187']);
  }
  expect(found('mobile: 2125550187')).toEqual(['phone 2125550187']);
  expect(found('hotel: 2125550187')).toEqual([]);
  expect(found('219099999', 'ssn')).toEqual(['national_id 219099999']);
});

test('a private key that is cut off is found to its end', () => {
  const text = '-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFA';
  expect(found(`"${text}`)).toEqual([`api_key ${text}`]);
});

test('what looks like a token of a known kind is found as a literal', () => {
  expect(found('[[EMAIL:]] [[[EMAIL:ab]] [[OTHER:ab]] [[email:ab]] [[EMAIL:a b]]')).toEqual([
    'literal [[EMAIL:]]',
    'literal [[EMAIL:ab]]',
  ]);
});

/** Beginnings of everything that is looked for, made to begin again and again. */
const seeds = [
  ...['a', '1', 'A1', '1 ', '1-', '1,', '1 2 3 4 5 6 7 ', '00-', '20 ', '0170 ', '0[', 'é', '€'],
  ...['a@', '@', 'a@b.', 'a@b', 'x@a.a.a.a.a', 'a@b.-.', '%40', 'a%40', '://', 'a://a:', 'a:@'],
  ...['+1', '+1 ', '(', '(1', '(212) 555-', 'phone 1234567 ', 'tel ', 'phone_', 'ssn 123456789 '],
  ...['4111 1111 1111 1112 ', '4111-', '41111111111111111111 ', 'DE89 ', 'DE89 3704 ', 'AA11'],
  ...['GB29NWBK6016133192681', '1 85 05 ', 'AB 12 34 56 ', '1.1.1.', '1.1.1.1 ', 'a:', '1:', '::'],
  ...['a::', '1::1:', '[[', '[[EMAIL:', '-----', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----'],
  ...['-----BEGIN PRIVATE KEY----------END ', 'sk-', 'sk--', 'eyJ', 'eyJ-', 'eyJaaaaaaaaaa.eyJ'],
  ...['eyJaaaaaaaaaa.', 'xoxb-', 'SG.', 'SG.a', 'bearer ', 'bearer a', 'Bearer x/', 'ACME-', 'a-'],
];

test('any text takes linear time', () => {
  const size = 256 * 1024;
  for (const seed of seeds) {
    const text = `${seed.repeat(Math.ceil(size / seed.length)).slice(0, size)}@1`;
    const start = process.cpuUsage();
    findContent(text, options);
    const { user, system } = process.cpuUsage(start);
    // Far more than one pass takes, far less than a second pass for each place.
    expect((user + system) / 1_000, JSON.stringify(seed)).toBeLessThan(5_000);
  }
}, 300_000);
