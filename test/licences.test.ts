import { expect, test } from 'vitest';
import { installedWithPackages, type Shipped, takenIn } from './shipped.ts';

/** SPDX names of licences that let anyone pass the code on with this project's. */
const allowed: readonly unknown[] = [
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'],
];

function refused(packages: readonly Shipped[]): string[] {
  return packages
    .filter(({ license }) => !allowed.includes(license))
    .map(({ name, version, license }) => `${name} ${version} (${license})`);
}

test('all that a user installs with a package has a licence of the list', () => {
  const all = installedWithPackages();
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@org/cli', '@modelcontextprotocol/core', 'handlebars', 'typescript']),
  );
  expect(refused(all)).toEqual([]);
});

test('all that the command line has taken in has a licence of the list', () => {
  const all = takenIn();
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['@oclif/core', 'zod']));
  expect(refused(all)).toEqual([]);
});

test('a package of another licence, or of none, is refused', () => {
  const of = (license?: unknown) => ({ name: 'a', version: '1.0.0', license });
  expect(refused([of('MIT'), of('GPL-3.0-only'), of(), of('MIT OR GPL-3.0-only')])).toEqual([
    'a 1.0.0 (GPL-3.0-only)',
    'a 1.0.0 (undefined)',
    'a 1.0.0 (MIT OR GPL-3.0-only)',
  ]);
});
