import type { ServerId } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateServerFiles, serverFolders } from '../src/index.ts';
import { nameTools } from '../src/tool-names.ts';
import { catalogOf, hostileTexts } from './workbench.ts';

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  // Few letters, so that names collide once they are normalised.
  fc.string({ unit: fc.constantFrom('a', 'A', '_', '-', '.', '/', ' ', '2', 'é'), maxLength: 5 }),
  fc.constantFrom(...hostileTexts),
);
const anyNames = fc.uniqueArray(anyName, { maxLength: 40 });

function namesOf(names: readonly string[]) {
  return nameTools(
    catalogOf(
      'server',
      names.map((name) => ({ name })),
    ),
  );
}

function identifiers(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(namesOf(names).map(({ tool, identifier }) => [tool.name, identifier]));
}

function isDeclarable(identifier: string): boolean {
  // Only after the pattern has shown that it is one word.
  if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(identifier)) return false;
  new Function(`'use strict'; async () => { let ${identifier}; }`);
  return true;
}

describe('nameTools()', () => {
  test('keeps a name that is an identifier, and changes others as little as can be', () => {
    expect(identifiers(['search_issues', 'getSum', 'get-env', '3d', 'a.b/c d', 'delete'])).toEqual({
      search_issues: 'search_issues',
      getSum: 'getSum',
      'get-env': 'get_env',
      '3d': '_3d',
      'a.b/c d': 'a_b_c_d',
      delete: 'delete_',
    });
  });

  test('leaves a name to the tool that has it exactly and numbers the others in order', () => {
    const named = namesOf(['get.sum', 'get-sum', 'get_sum', 'get_sum_2']);
    expect(
      named.map(({ tool, identifier, collidesWith }) => [tool.name, identifier, collidesWith]),
    ).toMatchInlineSnapshot(`
        [
          [
            "get-sum",
            "get_sum_3",
            "get_sum",
          ],
          [
            "get.sum",
            "get_sum_4",
            "get_sum",
          ],
          [
            "get_sum",
            "get_sum",
            undefined,
          ],
          [
            "get_sum_2",
            "get_sum_2",
            undefined,
          ],
        ]
      `);
  });

  test('says in the wrapper and the manifest that a name was numbered', () => {
    const files = generateServerFiles(catalogOf('s', [{ name: 'a-b' }, { name: 'a_b' }]), 's');
    expect(files.get('/mcp-tools/servers/s/a_b_2.ts' as never)).toContain("Numbered because 'a_b'");
    const manifest = JSON.parse(files.get('/mcp-tools/servers/s/manifest.json' as never) ?? '');
    expect(manifest.tools[0]).toMatchObject({ identifier: 'a_b_2', collidesWith: 'a_b' });
  });

  test('gives files names that no file system merges or reserves', () => {
    expect(namesOf(['Foo', 'foo', 'index', 'CON', 'manifest']).map(({ file }) => file)).toEqual([
      'CON_',
      'Foo',
      'foo_2',
      'index_2',
      'manifest_2',
    ]);
  });

  test('types never take the name of a function or of another type', () => {
    const named = namesOf(['a', 'A', 'AParams', 'a_params', 'AResult']);
    const all = named.flatMap((one) => [one.identifier, one.paramsType, one.resultType]);
    expect(new Set(all).size).toBe(all.length);
  });

  test('is injective, valid and independent of order for any names', () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const named = namesOf(names);
        const all = named.flatMap((one) => [one.identifier, one.paramsType, one.resultType]);
        expect(new Set(all).size).toBe(all.length);
        expect(all.every(isDeclarable)).toBe(true);
        const files = named.map(({ file }) => file.toLowerCase());
        expect(new Set(files).size).toBe(files.length);
        for (const file of files) {
          expect(file).toMatch(/^[a-z_$][a-z0-9_$]*$/);
          expect(file).not.toMatch(/^(?:index|manifest|con|prn|aux|nul|com\d|lpt\d)$/);
        }
        expect(namesOf(names.toReversed())).toEqual(named);
      }),
      { numRuns: 300 },
    );
  });

  test('is fast for 10,000 names that are all normalised to the same', () => {
    const names = Array.from({ length: 10_000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + index),
    );
    const start = performance.now();
    expect(new Set(namesOf(names).map(({ identifier }) => identifier)).size).toBe(10_000);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('serverFolders()', () => {
  const folders = (...ids: string[]) => Object.fromEntries(serverFolders(ids as ServerId[]));

  test('keeps ids that are folder names', () => {
    expect(folders('github', 'my-server.v2', 'A_b')).toEqual({
      github: 'github',
      'my-server.v2': 'my-server.v2',
      A_b: 'A_b',
    });
  });

  test('replaces what a folder name must not be', () => {
    expect(folders('a/b', '..', '.', 'end.', 'aux', 'Con.txt', 'grüße', 'x'.repeat(70))).toEqual({
      'a/b': 'a_b',
      '..': '__',
      '.': '_',
      'end.': 'end_',
      aux: '_aux',
      'Con.txt': '_Con.txt',
      grüße: 'gr__e',
      ['x'.repeat(70)]: 'x'.repeat(64),
    });
  });

  test('numbers what would collide, also without case', () => {
    expect(folders('a_b', 'a b', 'A_B')).toEqual({ A_B: 'A_B', a_b: 'a_b_2', 'a b': 'a_b_3' });
  });

  test('is injective, safe and independent of order for any ids', () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const ids = names as ServerId[];
        const found = serverFolders(ids);
        const values = [...found.values()];
        expect(new Set(values.map((name) => name.toLowerCase())).size).toBe(ids.length);
        for (const name of values) {
          expect(name).toMatch(/^[A-Za-z0-9._-]{0,63}[A-Za-z0-9_-]$/);
          expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        }
        expect(new Map(serverFolders(ids.toReversed()))).toEqual(found);
      }),
      { numRuns: 300 },
    );
  });
});
