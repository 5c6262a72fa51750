import type { ServerId, ToolRanker, ToolSearch } from '@org/core';
import { SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import {
  createToolSearch,
  type Findable,
  generateServerFiles,
  serverFolders,
} from '../../src/index.ts';
import { catalogOf, fixtureCatalog, hostileTexts, typeErrors } from '../workbench.ts';

const catalogs = [fixtureCatalog('everything'), fixtureCatalog('filesystem')].map(
  (catalog, index) => ({
    ...catalog,
    server: catalogOf(['everything', 'files/x'][index] ?? '', []).server,
  }),
);
const folders = serverFolders(catalogs.map((catalog) => catalog.server));
const search = await createToolSearch(catalogs, folders);
const names = async (query: string, limit = 10, by: ToolSearch = search) =>
  (await by(query, { detail: 'name', limit })).hits.map((hit) => hit.tool);

/** A search over one server's tools alone. */
async function searchOf(...sketches: Parameters<typeof catalogOf>[1]): Promise<ToolSearch> {
  const catalog = catalogOf('s', sketches);
  return createToolSearch([catalog], serverFolders([catalog.server]));
}

describe('what is found beside tools', () => {
  const skill = (name: string, description: string): Findable => ({
    ...{ server: 'skills' as ServerId, name, description, parameters: { type: 'object' } },
    import: `import run from './skills/${name}';`,
  });
  const others = [
    skill('find-todos', 'Finds all lines with a TODO in the files of a folder.\nAnd more.'),
    skill('archive', 'Moves old reports away, and says a word about each file.'),
  ];

  test('stands where its words put it, among the tools', async () => {
    const all = await createToolSearch(catalogs, folders, { others });
    const first = async (query: string) => (await all(query)).hits[0];
    expect(await first('rename a file')).toMatchObject({ tool: 'move_file' });
    expect(await first('a')).not.toMatchObject({ server: 'skills' });
    expect(await first('todos in files')).toEqual({
      server: 'skills',
      tool: 'find-todos',
      text: '// Finds all lines with a TODO in the files of a folder.',
    });
    const { hits, imports, found } = await all('todo', { limit: 1 });
    expect([hits.length, imports, found]).toEqual([1, [others[0]?.import], 1]);
    const named = await all('old reports', { detail: 'name' });
    expect(named.hits[0]).toMatchObject({ tool: 'archive', text: others[1]?.description });
    expect(named.imports).toEqual([]);
    expect((await all('', { limit: 200 })).found).toBe((await search('')).found + 2);
  });
});

describe('a search finds', () => {
  test('by words of a name, whatever separates them', async () => {
    expect((await names('create directory'))[0]).toBe('create_directory');
    expect((await names('gzip'))[0]).toBe('gzip-file-as-resource');
    const camel = await searchOf({ name: 'listOpenPRs' }, { name: 'other' });
    expect(await names('open', 10, camel)).toEqual(['listOpenPRs']);
    expect(await names('PR', 10, camel)).toEqual(['listOpenPRs']);
  });

  test('by parameter, by description, by server, and in spite of a misspelling', async () => {
    expect((await names('dryRun'))[0]).toBe('edit_file');
    expect((await names('git-style diff'))[0]).toBe('edit_file');
    expect(await names('everything', 200)).toEqual(
      expect.arrayContaining(fixtureCatalog('everything').tools.map(({ name }) => name)),
    );
    expect(await names('directry')).toContain('list_directory');
    expect((await names('compres'))[0]).toBe('gzip-file-as-resource');
  });

  test('by other words for the same, other forms of them, and what a question word asks for', async () => {
    expect((await names('mkdir a new folder'))[0]).toBe('create_directory');
    expect((await names('zipping'))[0]).toBe('gzip-file-as-resource');
    const counted = await searchOf({ name: 'find_rows' }, { name: 'count_rows' });
    expect((await names('how many rows', 10, counted))[0]).toBe('count_rows');
  });

  test('by parts of parameters and their choices', async () => {
    const parts = {
      type: 'object',
      properties: {
        mode: { enum: ['rainbow'] },
        list: {
          type: 'array',
          items: { properties: { zebra: { description: 'A striped one.' } } },
        },
      },
    } as const;
    const deep = await searchOf({ name: 'a', inputSchema: parts }, { name: 'b' });
    for (const query of ['rainbow', 'zebra', 'striped']) {
      expect(await names(query, 10, deep)).toEqual(['a']);
    }
  });

  test('the same for the same, whatever order the catalogs come in', async () => {
    const turned = await createToolSearch(catalogs.toReversed(), folders);
    for (const query of ['file', 'read', '', 'resource link']) {
      expect(await turned(query)).toEqual(await search(query));
    }
  });
});

describe('a result', () => {
  test('of detail signature has what type-checks as a call, and one import a server', async () => {
    const { hits, imports } = await search('read a file or compress it', { limit: 8 });
    expect(hits).toHaveLength(8);
    expect(imports).toHaveLength(2);
    const declared = hits.map(({ text }) => {
      const [line = '', ...others] = text.split('\n').filter((one) => !one.startsWith('//'));
      const name = line.slice(0, line.indexOf('('));
      // The wrapper is of the type that the signature shows.
      const shown = line.slice(name.length).replace('): Promise<', ') => Promise<');
      return `${others.join('\n')}\nexport const ${name}_: ${shown} = ${name};`;
    });
    const program = [...imports, ...declared]
      .join('\n')
      .replaceAll(/'\.\/servers\/[^']+/gu, '$&/index.ts');
    const files = catalogs.flatMap((catalog) => [
      ...generateServerFiles(catalog, folders.get(catalog.server) ?? ''),
    ]);
    expect(
      typeErrors(new Map<string, string>([...files, ['/mcp-tools/program.ts', program]])),
    ).toBe('');
  });

  test('of detail full is the wrapper, of detail name a line', async () => {
    const full = await search('move_file', { detail: 'full', limit: 1 });
    const files = generateServerFiles(catalogs[1] as (typeof catalogs)[1], 'files_x');
    expect(full.hits[0]?.text).toBe(
      [...files].find(([path]) => path.endsWith('/move_file.ts'))?.[1],
    );
    const { hits, imports } = await search('file', { detail: 'name', limit: 30 });
    expect(imports).toEqual([]);
    for (const { text } of hits) expect(text).toMatch(/^.{0,120}$/u);
  });

  test('says how many there are, and what to do for more', async () => {
    const few = await search('file', { detail: 'name', limit: 2 });
    expect(few.hits).toHaveLength(2);
    const next = (await names('file', 8)).slice(2).map((name) => expect.stringContaining(name));
    const [said, after] = few.note?.split(' Next: ') ?? [];
    expect(said).toBe(`PARTIAL: 2 of ${few.found}; limit 4 shows more.`);
    expect(after?.split(', ')).toEqual(next);
    expect((await search('file')).hits).toHaveLength(2);
    expect((await search('file', { detail: 'full' })).hits).toHaveLength(2);
    expect((await search('file', { detail: 'name' })).hits).toHaveLength(10);
    expect((await search('file', { detail: 'name', limit: 200 })).note).toBeUndefined();
  });

  test('lists all for an empty query, and says that nothing matches', async () => {
    expect(await names('', 200)).toHaveLength(27);
    expect(await search('zzzzzz')).toEqual({
      hits: [],
      imports: [],
      found: 0,
      note: 'Nothing matches; an empty query lists all tools.',
    });
    const empty = await createToolSearch([], new Map());
    expect((await empty('x')).note).toBe('There are no tools.');
  });

  test('names the servers that were not searched', async () => {
    const missing = ['Without server "x": SERVER_UNAVAILABLE: gone.'];
    const partly = await createToolSearch(catalogs, folders, { missing });
    expect((await partly('gzip', { limit: 200 })).note).toBe(missing[0]);
  });
});

describe('hostile', () => {
  test('any query is only words, and takes little time', async () => {
    const queries = [
      ...hostileTexts,
      'file '.repeat(200_000),
      '*',
      'a'.repeat(1_000_000),
      'http://'.repeat(100_000),
      `which ${'a '.repeat(100)}`,
      'toString valueOf hasOwnProperty __proto__ constructor',
    ];
    for (const query of queries) {
      const start = performance.now();
      await search(query);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });

  test('tools named like properties of every object are found like others', async () => {
    const odd = await searchOf(
      { name: '__proto__' },
      { name: 'constructor' },
      { name: 'hasOwnProperty' },
    );
    expect(await names('constructor', 10, odd)).toEqual(['constructor']);
    expect(await names('proto', 10, odd)).toEqual(['__proto__']);
    expect(await names('has own property', 10, odd)).toEqual(['hasOwnProperty']);
  });

  test('a description that repeats words or has them all does not come first', async () => {
    const every = catalogs.flatMap(({ tools }) =>
      tools.map(({ name, description }) => `${name} ${description}`),
    );
    const stuffed = catalogOf('stuffed', [
      { name: 'best_tool', description: `${'file directory read write move '.repeat(50_000)}` },
      { name: 'any_tool', description: every.join(' ') },
      { name: 'other_tool', title: 'file '.repeat(10_000) },
    ]);
    const all = [...catalogs, stuffed];
    const wary = await createToolSearch(all, serverFolders(all.map(({ server }) => server)));
    expect((await names('rename a file', 1, wary))[0]).toBe('move_file');
    expect((await names('create a directory', 1, wary))[0]).toBe('create_directory');
    expect((await names('compress with gzip', 1, wary))[0]).toBe('gzip-file-as-resource');
  });

  test('a huge schema is shown as unknown, and a hit never takes the room of all others', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [
        `property_${index}`,
        { type: 'string', description: 'long '.repeat(100) },
      ]),
    );
    const huge = await searchOf(
      { name: 'huge', inputSchema: { type: 'object', properties } },
      { name: 'huge_2', inputSchema: { type: 'object', properties } },
      { name: 'huge_3', description: 'huge '.repeat(100_000) },
    );
    const { hits } = await huge('huge', { limit: 3 });
    expect(hits).toHaveLength(3);
    for (const { text } of hits) expect(text.length).toBeLessThan(5_000);
    expect(hits.find(({ tool }) => tool === 'huge')?.text).toMatch(
      /^huge\(params\?: unknown \/\* \d+ characters: see detail 'full' \*\/\)/u,
    );
    const full = await huge('property', { detail: 'full', limit: 3 });
    expect(full.hits).toHaveLength(1);
    expect(full.hits[0]?.text.length).toBeLessThan(25_000);
    expect(full.hits[0]?.text).toMatch(
      /\/\/ Cut here: \d+ characters are in \/mcp-tools\/servers\/s\/huge/u,
    );
    expect(full.note).toBe(
      'PARTIAL: 1 of 2; the rest is too long, detail signature is shorter. Next: s.huge_2.',
    );
  });

  test('text in a schema stays text in a signature', async () => {
    const inputSchema = {
      type: 'object',
      properties: {
        "it's /* not": {
          enum: ["'a' /* b", '*/', '\nexport type X = 1;'],
          description: "don't */",
        },
      },
    } as const;
    const odd = await searchOf({ name: 'odd', inputSchema });
    expect((await odd('odd')).hits[0]?.text).toBe(
      "odd(params?: { 'it\\'s /* not'?: '\\'a\\' /* b'|'*\\/'|'\\nexport type X = 1;' }): Promise<unknown>",
    );
  });
});

describe('a ranker', () => {
  const ranker = (name: string, order: (query: string) => readonly number[]): ToolRanker => ({
    name,
    open: async () => async (query) => order(query),
  });

  test('orders the tools, and what it makes up is left out', async () => {
    const fixed = ranker('fixed', () => [3, -1, 1.5, 3, 999, 0, Number.NaN]);
    const ordered = await createToolSearch(catalogs, folders, { rankers: [fixed] });
    const all = await names('', 200);
    expect(await names('whatever', 10, ordered)).toEqual([all[3], all[0]]);
  });

  test('that fails is left out, and its own words stay with it', async () => {
    const working = ranker('working', () => [1]);
    const failing: ToolRanker = {
      name: 'failing',
      open: async () => {
        throw new Error('/home/secret');
      },
    };
    const telling = ranker('telling', () => {
      throw new SandboxError('SERVER_UNAVAILABLE', 'The model is away.');
    });
    const rankers = [failing, working, telling];
    const result = await (await createToolSearch(catalogs, folders, { rankers }))('x');
    expect(result.hits).toHaveLength(1);
    expect(result.note).toBe(
      'Ranked without failing, which failed. Ranked without telling: The model is away.',
    );
  });
});

test('a type that refers to itself keeps its name, beside the signature', async () => {
  const node = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] } as const;
  const linked = await searchOf({ name: 'walk', inputSchema: node });
  expect((await linked('walk')).hits[0]?.text).toBe(
    'walk(params: WalkParams_0): Promise<unknown>\ntype WalkParams_0 = { next: WalkParams_0 };',
  );
});
