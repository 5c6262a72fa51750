import { describe, expect, test } from 'vitest';
import { createToolSearch, generateServerFiles, serverFolders } from '../src/index.ts';
import { catalogOf, fixtureCatalog, hostileTexts, typeErrors } from './workbench.ts';

const catalogs = [fixtureCatalog('everything'), fixtureCatalog('filesystem')].map(
  (catalog, index) => ({
    ...catalog,
    server: catalogOf(['everything', 'files/x'][index] ?? '', []).server,
  }),
);
const folders = serverFolders(catalogs.map((catalog) => catalog.server));
const search = createToolSearch(catalogs, folders);
const names = (query: string, limit?: number) => search(query, limit).map((hit) => hit.tool);

describe('createToolSearch()', () => {
  test('finds by words of a name, whatever separates them', () => {
    expect(names('create directory')[0]).toBe('create_directory');
    expect(names('gzip')[0]).toBe('gzip-file-as-resource');
    const camel = catalogOf('c', [{ name: 'listOpenPRs' }, { name: 'other' }]);
    const found = createToolSearch([camel], serverFolders([camel.server]));
    expect(found('open').map((hit) => hit.tool)).toEqual(['listOpenPRs']);
  });

  test('finds by parameter, by description, by server, and in spite of a misspelling', () => {
    expect(names('dryRun')[0]).toBe('edit_file');
    expect(names('git-style diff')[0]).toBe('edit_file');
    expect(names('everything', 100)).toHaveLength(13);
    expect(names('directry')).toContain('list_directory');
  });

  test('hits carry an import line that resolves, and one line of summary', () => {
    const lines = search('file', 100).map((hit) => hit.import.replace("';", "/index.ts';"));
    expect(lines.length).toBeGreaterThan(5);
    const files = catalogs.flatMap((catalog) => [
      ...generateServerFiles(catalog, folders.get(catalog.server) ?? ''),
    ]);
    const program = lines.join('\n').replaceAll('./servers', './mcp-tools/servers');
    expect(typeErrors(new Map<string, string>([...files, ['/program.ts', program]]))).toBe('');
    for (const { summary } of search('file', 100)) {
      expect(summary).not.toContain('\n');
      expect(summary.length).toBeLessThanOrEqual(300);
    }
  });

  test('honours the limit, and gives nothing for nothing', () => {
    expect(names('file')).toHaveLength(10);
    expect(names('file', 2)).toHaveLength(2);
    expect(names('')).toEqual([]);
    expect(names('zzzzzz')).toEqual([]);
  });

  test('any query is only words', () => {
    for (const text of [...hostileTexts, 'file '.repeat(100_000), '*', 'a'.repeat(1_000_000)]) {
      const start = performance.now();
      search(text);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });
});
