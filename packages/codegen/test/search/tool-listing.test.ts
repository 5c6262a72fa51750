import type { ServerCatalog, ServerId } from '@org/core';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, test } from 'vitest';
import { listTools, serverFolders, type ToolListing } from '../../src/index.ts';
import { estimateTokens } from '../../src/search/estimate-tokens.ts';
import { capturedCatalog, capturedServers } from '../captured-catalogs.ts';
import { catalogOf } from '../workbench.ts';

let catalogs: readonly ServerCatalog[];
let folders: ReadonlyMap<ServerId, string>;
beforeAll(async () => {
  catalogs = await Promise.all(capturedServers.map(capturedCatalog));
  folders = serverFolders(catalogs.map(({ server }) => server));
});

/** As `mcp-cli tools list` prints it, about. */
function printed({ servers }: ToolListing): string {
  return servers
    .map(
      ({ server, module, count, tools }) =>
        `${server}: ${tools.length} of ${count} tools, ${module}\n${tools
          .map(({ name, summary }) =>
            summary === undefined ? `${name}, ` : `  ${name}: ${summary}\n`,
          )
          .join('')}\n`,
    )
    .join('');
}

describe('a listing', () => {
  test('takes no more tokens than its budget', () => {
    for (const budget of [200, 400, 700, 1_000, 2_000, 6_000]) {
      const listing = listTools(catalogs, folders, budget);
      expect(countTokens(printed(listing)), `${budget}`).toBeLessThanOrEqual(budget);
    }
  });

  test('has what fits: some of each server, all names, or first lines too', () => {
    const some = listTools(catalogs, folders, 400);
    expect(some.total).toBe(158);
    expect(some.shown).toBeGreaterThan(20);
    expect(some.shown).toBeLessThan(158);
    for (const { count, tools } of some.servers) {
      expect(tools.length).toBeGreaterThanOrEqual(Math.min(count, 2));
    }
    const names = listTools(catalogs, folders, 2_000);
    expect(names.shown).toBe(158);
    expect(names.servers[0]?.tools[0]).toEqual({ name: 'click' });
    const full = listTools(catalogs, folders, 6_000);
    expect(full.servers[0]?.tools[0]).toEqual({
      name: 'click',
      summary: 'Clicks on the provided element',
    });
  });

  test('of nothing, or of too little room, is empty', () => {
    expect(listTools([], new Map(), 100)).toEqual({ servers: [], shown: 0, total: 0 });
    expect(listTools(catalogs, folders, 1)).toMatchObject({ shown: 0, total: 158 });
  });

  test('is not taken over by one server with many tools', () => {
    const crowd = catalogOf(
      'a-crowd',
      Array.from({ length: 5_000 }, (_, index) => ({ name: `crowd_${index}` })),
    );
    const all = [crowd, ...catalogs];
    const listing = listTools(all, serverFolders(all.map(({ server }) => server)), 500);
    const [first, ...others] = listing.servers;
    for (const { count, tools } of others) {
      expect(tools.length).toBeGreaterThanOrEqual(Math.min(count, (first?.tools.length ?? 0) - 1));
    }
  });
});

test('estimated tokens of other scripts are not too few', () => {
  for (const text of [
    'ファイルを読み込みます',
    'читает файл целиком',
    '👩‍👩‍👧‍👦 🧵',
    'reads_a_file',
  ]) {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(countTokens(text));
  }
});
