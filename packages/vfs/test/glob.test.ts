import path from 'node:path';
import { parseVfsPath, SandboxError, type VfsPath } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesName } from '../src/glob.ts';
import { createFileSystem, type VirtualFileSystem } from '../src/index.ts';
import { failure } from './failure.ts';

const at = (text: string): VfsPath => parseVfsPath(text);

async function withFiles(...names: string[]): Promise<VirtualFileSystem> {
  const fs = createFileSystem();
  for (const name of names) await fs.writeFile(at(name), '');
  return fs;
}

describe('listFiles() with a pattern', () => {
  test('gives the paths of the files that it stands for, sorted', async () => {
    const fs = await withFiles(
      ...['a.csv', 'b.csv', 'b.txt', 'x/c.csv', 'x/y/d.csv', 'x/y/e.json', 'z/d.csv', '.h/f.csv'],
    );
    const cases: [string, string[]][] = [
      ['/workspace/*.csv', ['a.csv', 'b.csv']],
      ['*.csv', ['a.csv', 'b.csv']],
      ['**/*.csv', ['a.csv', 'b.csv', 'x/c.csv', 'x/y/d.csv', 'z/d.csv']],
      ['/**/d.csv', ['x/y/d.csv', 'z/d.csv']],
      ['x/**', ['x/c.csv', 'x/y/d.csv', 'x/y/e.json']],
      ['x/**/**/*', ['x/c.csv', 'x/y/d.csv', 'x/y/e.json']],
      ['*/d.csv', ['z/d.csv']],
      ['?.csv', ['a.csv', 'b.csv']],
      ['b.{csv,txt}', ['b.csv', 'b.txt']],
      ['{x/y/e.json,a.csv}', ['a.csv', 'x/y/e.json']],
      ['{,x/}*.csv', ['a.csv', 'b.csv', 'x/c.csv']],
      ['.*/*', ['.h/f.csv']],
      ['*', ['a.csv', 'b.csv', 'b.txt']],
      ['x/*.json', []],
    ];
    for (const [pattern, names] of cases) {
      const wanted = names.map((name) => `/workspace/${name}`);
      expect([pattern, await fs.listFiles(at(pattern))]).toEqual([pattern, wanted]);
    }
  });

  test('lists a folder whose name looks like a pattern', async () => {
    const fs = await withFiles('*/a', 'b/c');
    expect(await fs.listFiles(at('*'))).toEqual(['a']);
  });

  test('tells when the fixed part of it is not there', async () => {
    const fs = await withFiles('reports/a.csv');
    const error = await failure(fs.listFiles(at('report/*.csv')));
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.message).toContain('Did you mean "reports"?');
  });

  test('loads the folders that it needs, and passes over one that cannot be loaded', async () => {
    const loaded: string[] = [];
    const loader = (name: string) => async () => {
      loaded.push(name);
      if (name === 'down') throw new SandboxError('SERVER_UNAVAILABLE', 'It is down.');
      return new Map([[at(`/mcp-tools/servers/${name}/index.ts`), '']]);
    };
    const names = ['one', 'other', 'down'];
    const fs = createFileSystem({
      lazyFolders: new Map(names.map((name) => [at(`/mcp-tools/servers/${name}`), loader(name)])),
    });
    expect(await fs.listFiles(at('/mcp-tools/servers/o*/*.ts'))).toEqual([
      '/mcp-tools/servers/one/index.ts',
      '/mcp-tools/servers/other/index.ts',
    ]);
    expect(loaded.sort()).toEqual(['one', 'other']);
    expect(await fs.listFiles(at('/mcp-tools/servers/*/*'))).toHaveLength(2);
    expect(loaded).toContain('down');
  });

  test('bounds braces', async () => {
    const fs = await withFiles('a');
    expect((await failure(fs.listFiles(at('{a,b}'.repeat(9))))).code).toBe('INVALID_PATH');
  });

  test('a pattern that would keep a regular expression busy does not match for long', async () => {
    const name = 'a'.repeat(250);
    const fs = await withFiles(`${name}/${name}/${name}`);
    const hostile = [
      ...[`${'*a'.repeat(120)}b`, `${'**/'.repeat(300)}b`, `${'a*'.repeat(120)}/**/b`],
      `{${'*a*,'.repeat(200)}}b`,
    ];
    for (const pattern of hostile) expect(await fs.listFiles(at(pattern))).toEqual([]);
    const { publish, listFiles } = createFileSystem();
    const long = Array.from({ length: 200 }, (_, index) => `${'a'.repeat(900)}${index}`);
    publish(new Map(long.map((end) => [at(`/mcp-tools/${end}`), ''])));
    const error = await failure(listFiles(at(`/mcp-tools/*${'a'.repeat(450)}b`)));
    expect(error.code).toBe('QUOTA_EXCEEDED');
  });
});

describe('matchesName()', () => {
  test("agrees with Node's own matcher", () => {
    const texts = fc.array(fc.constantFrom('a', 'b', '*', '?', '.', '-'), { maxLength: 8 });
    const names = fc.array(fc.constantFrom('a', 'b', '-', '.'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(texts, names, (wanted, given) => {
        const [pattern, name] = [wanted.join(''), given.join('')];
        // There `**` is more than twice `*`, and names of dots alone are folders.
        fc.pre(!pattern.includes('**') && /[^.]/u.test(name) && !/^\.*$/u.test(pattern));
        fc.pre(!pattern.startsWith('.') && !pattern.startsWith('?'));
        expect(matchesName(pattern, name, { steps: 0 })).toBe(
          path.posix.matchesGlob(name, pattern),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('counts an emoji as one character', () => {
    expect(matchesName('?.txt', '\u{1f600}.txt', { steps: 0 })).toBe(true);
  });
});
