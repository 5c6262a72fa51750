import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/security.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+ \|/u.test(line));

/** The tests that a row of the table names, in short. */
function testsOf(row: string): string[] {
  const named = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/gu)].map(([, one]) => one);
  let folder = '';
  return named.map((name = '') => {
    if (name === 'test/hostile') return name;
    if (name.startsWith('hostile/host/')) return `test/${name}`;
    const [, own, file] = /^([a-z-]+\/test)(?:\/(.+))?$/u.exec(name) ?? [];
    folder = own ?? folder;
    return `packages/${folder}/${file ?? (own === undefined ? name : '')}`;
  });
}

function exists(name: string): boolean {
  if (existsSync(path.join(root, name)) || existsSync(path.join(root, `${name}.test.ts`)))
    return true;
  const start = path.basename(name).replace(/\*$/u, '');
  const folder = path.join(root, path.dirname(name));
  return name.endsWith('*') && readdirSync(folder).some((one) => one.startsWith(start));
}

describe('docs/security.md', () => {
  test('has each row of the threats', () => {
    expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(
      Array.from({ length: 26 }, (_, index) => index + 1),
    );
  });

  test.each(rows.map((row) => [row.split('|')[1]?.trim(), row] as const))(
    'names tests of row %s that are there',
    (_, row) => {
      const named = testsOf(row);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => !exists(name))).toEqual([]);
    },
  );
});
