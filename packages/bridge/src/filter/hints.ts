import { isLetter } from './chars.ts';

/** What a word says of the numbers that follow it. */
export type Hint = 'phone' | 'ssn' | 'address' | 'version';

const hintWords: ReadonlyMap<string, Hint> = new Map([
  ...[
    'phone',
    'phones',
    'phonenumber',
    'phoneno',
    'telephone',
    'tel',
    'telno',
    'mobile',
    'cell',
    'cellphone',
    'fax',
    'whatsapp',
    'sms',
    'msisdn',
    'handy',
    'telefon',
    'telefono',
    'mobil',
  ].map((word) => [word, 'phone'] as const),
  ...[
    'ip',
    'ipv',
    'address',
    'addr',
    'host',
    'client',
    'remote',
    'peer',
    'from',
    'gateway',
    'dns',
    'src',
    'dst',
  ].map((word) => [word, 'address'] as const),
  ...['version', 'ver', 'release', 'build', 'revision', 'firmware', 'chart', 'semver'].map(
    (word) => [word, 'version'] as const,
  ),
  ['ssn', 'ssn'],
  ['social', 'ssn'],
]);
const longestHint = 12;

/** What the word that begins at `at` says of numbers that follow it. */
export function hintAt(text: string, at: number): Hint | undefined {
  let end = at;
  while (end - at <= longestHint && isLetter(text.charCodeAt(end))) end++;
  const length = end - at;
  if (length < 2 || length > longestHint) return undefined;
  return hintWords.get(text.slice(at, end).toLowerCase());
}
