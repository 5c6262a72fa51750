import { type CatalogSource, type Page, parseServerId, SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import { introspect } from '../src/index.ts';

function source(pages: readonly unknown[][], more: Partial<CatalogSource> = {}): CatalogSource {
  return {
    server: parseServerId('s'),
    serverInfo: { name: 'test-server', version: '1.0.0' },
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    async listPage(_, cursor): Promise<Page> {
      const page = Number(cursor ?? 0);
      const items = pages[page] ?? [];
      return page + 1 < pages.length ? { items, nextCursor: `${page + 1}` } : { items };
    },
    ...more,
  };
}

const catalogOf = (...tools: unknown[]) => introspect(source([tools]));
const json = (text: string): unknown => JSON.parse(text);

async function failure(action: Promise<unknown>): Promise<SandboxError> {
  const error = await action.catch((thrown: unknown) => thrown);
  if (!(error instanceof SandboxError)) throw new Error('no SandboxError', { cause: error });
  return error;
}

describe('introspect()', () => {
  test('reads all pages and sorts by code unit', async () => {
    const catalog = await introspect(
      source([[{ name: 'b' }, { name: 'a' }], [], [{ name: 'C' }, { name: 'a.b' }]], {
        instructions: 'Use it.',
      }),
    );
    expect(catalog.tools.map((tool) => tool.name)).toEqual(['C', 'a', 'a.b', 'b']);
    expect(catalog).toMatchObject({
      server: 's',
      serverInfo: { name: 'test-server', version: '1.0.0' },
      protocolVersion: '2025-11-25',
      instructions: 'Use it.',
      rejected: [],
    });
  });

  test('takes over what a tool says of itself, and only what is known', async () => {
    const outputSchema = { type: 'array', items: {} };
    const { tools } = await catalogOf({
      name: 'a',
      title: 'A',
      description: 'Does\n\tit.',
      inputSchema: { type: 'object', properties: { x: { type: 'string' } } },
      outputSchema,
      annotations: {
        readOnlyHint: true,
        destructiveHint: 'yes',
        title: 'T',
        idempotentHint: false,
      },
      execution: { taskSupport: 'required' },
      icons: [],
    });
    expect(tools).toEqual([
      {
        name: 'a',
        title: 'A',
        description: 'Does\n\tit.',
        inputSchema: { type: 'object', properties: { x: { type: 'string' } } },
        outputSchema,
        annotations: { readOnlyHint: true, idempotentHint: false },
        requiresTask: true,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test.each<[string, unknown, unknown]>([
    ['missing', undefined, { type: 'object' }],
    ['true', true, { type: 'object' }],
    ['null', null, { type: 'object' }],
    ['a text', 'object', { type: 'object' }],
    ['an array', [], { type: 'object' }],
    ['without a type', { required: ['a'] }, { required: ['a'], type: 'object' }],
    ['with several types', { type: ['null', 'object'] }, { type: 'object' }],
  ])('an inputSchema that is %s becomes one for an object', async (_, inputSchema, expected) => {
    const { tools } = await catalogOf({ name: 'a', inputSchema });
    expect(tools[0]?.inputSchema).toEqual(expected);
  });

  test('strips what cannot be seen from all text, and cuts it', async () => {
    const hidden = 'a\u200b\u202e\u{e0041}\ufe0f\u3164\0\u001b[31mb\r\nc\u2028d';
    const { tools, instructions, serverInfo } = await introspect(
      source([[{ name: 'a', title: hidden, description: 'x'.repeat(100_000) }]], {
        instructions: hidden,
        serverInfo: { name: `${hidden}${'n'.repeat(1_000)}`, version: '' },
      }),
    );
    expect(tools[0]?.title).toBe('ab\nc\nd');
    expect(instructions).toBe('ab\nc\nd');
    expect(tools[0]?.description).toHaveLength(65_536);
    expect(tools[0]?.description?.endsWith('x…')).toBe(true);
    expect(serverInfo.name).toMatch(/^ab c d/);
    expect(serverInfo.name.length).toBeLessThanOrEqual(128);
  });
});

describe('bad definitions', () => {
  const deep = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  test.each<[string, unknown, RegExp]>([
    ['null', null, /not an object/],
    ['a text', 'tool', /not an object/],
    ['an array', [], /not an object/],
    ['no name', { description: 'x' }, /no name/],
    ['an inherited name', Object.create({ name: 'a' }), /no name/],
    ['a number as name', { name: 7 }, /not a text/],
    ['an empty name', { name: '' }, /empty/],
    ['a long name', { name: 'n'.repeat(129) }, /128/],
    ['a name with a zero-width space', { name: 'a\u200bb' }, /invisible/],
    ['a name with a filler', { name: 'a\u3164b' }, /invisible/],
    ['a name with a line break', { name: 'a\nb' }, /invisible/],
    ['a __proto__ key', json('{"name":"a","__proto__":{"polluted":1}}'), /__proto__/],
    [
      'a __proto__ property',
      json('{"name":"a","inputSchema":{"properties":{"__proto__":{}}}}'),
      /__proto__/,
    ],
    ['a schema for a text', { name: 'a', inputSchema: { type: 'string' } }, /not for an object/],
    ['a deep schema', { name: 'a', inputSchema: deep(65) }, /deeper than 64/],
    ['a very deep schema', { name: 'a', inputSchema: deep(100_000) }, /deeper than 64/],
    ['a deep result schema', { name: 'a', outputSchema: deep(65) }, /outputSchema.*deeper than 64/],
    ['a deep extension', { name: 'a', _meta: deep(1_000) }, /deeper than/],
    [
      'too many values',
      { name: 'a', inputSchema: { enum: Array(20_000).fill(1) } },
      /20000 values/,
    ],
    [
      'too much text',
      { name: 'a', inputSchema: { $comment: 'x'.repeat(1_000_001) } },
      /1000000 bytes/,
    ],
    [
      'too much text in UTF-8',
      { name: 'a', inputSchema: { $comment: 'é'.repeat(600_000) } },
      /1000000 bytes/,
    ],
  ])('%s: refused with the reason, and the others are kept', async (_, raw, reason) => {
    const catalog = await catalogOf({ name: 'before' }, raw, { name: 'after' });
    expect(catalog.tools.map((tool) => tool.name)).toEqual(['after', 'before']);
    expect(catalog.rejected).toHaveLength(1);
    expect(catalog.rejected[0]?.reason).toMatch(reason);
    expect(catalog.rejected[0]?.name).toMatch(/^[^\p{C}\p{DI}]{1,128}$/u);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('of two tools of one name the first counts, and the second is reported', async () => {
    const catalog = await catalogOf(
      { name: 'a', title: '1' },
      { name: 'a', title: '2' },
      { name: 'A' },
    );
    expect(catalog.tools.map((tool) => [tool.name, tool.title])).toEqual([
      ['A', undefined],
      ['a', '1'],
    ]);
    expect(catalog.rejected).toEqual([{ name: 'a', reason: 'The server lists this name twice.' }]);
  });

  test('names like those of objects are names', async () => {
    const names = ['__proto__', 'constructor', 'then', 'toString', 'a/b', '..', 'default'];
    const catalog = await catalogOf(...names.map((name) => ({ name })));
    expect(catalog.tools.map((tool) => tool.name as string).sort()).toEqual(names.sort());
  });
});

describe('digest', () => {
  const digestOf = async (tool: unknown) => (await catalogOf(tool)).tools[0]?.digest;

  test('does not depend on the order of keys, and is known', async () => {
    const digest = await digestOf({ name: 'a', inputSchema: { type: 'object', properties: {} } });
    expect(await digestOf({ inputSchema: { properties: {}, type: 'object' }, name: 'a' })).toBe(
      digest,
    );
    // Lock files keep digests, so they must not change from version to version.
    expect(await digestOf({ name: 'a' })).toMatchInlineSnapshot(
      `"8913d2984fe34d025c9539f288a1d500706cd14dd8759b2bda4f525c7f134bd3"`,
    );
  });

  test('changes with anything that the server sent, seen or not', async () => {
    const base = {
      name: 'a',
      description: 'x',
      inputSchema: { type: 'object', required: ['a', 'b'] },
    };
    const changed: unknown[] = [
      { ...base, description: 'x\u200b' },
      { ...base, description: 'y' },
      { ...base, inputSchema: { type: 'object', required: ['b', 'a'] } },
      { ...base, annotations: { readOnlyHint: true } },
      { ...base, inputSchema: { ...base.inputSchema, default: 0 } },
    ];
    const digests = await Promise.all([base, ...changed].map(digestOf));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('paging', () => {
  const endless = (listPage: CatalogSource['listPage']) => source([], { listPage });

  test('a cursor that comes back is an error that names the server', async () => {
    const error = await failure(introspect(endless(async () => ({ items: [], nextCursor: 'x' }))));
    expect(error.code).toBe('SERVER_UNAVAILABLE');
    expect(error.message).toContain('"s"');
    expect(error.message).toContain('the same page cursor twice');
  });

  test('pages, tools and cursors are bounded', async () => {
    let page = 0;
    const pages = endless(async () => ({ items: [], nextCursor: `${page++}` }));
    expect((await failure(introspect(pages, { maxPages: 5 }))).message).toContain(
      'more than 5 pages',
    );
    expect(page).toBe(5);
    const tools = endless(async () => ({ items: [{}, {}, {}], nextCursor: `${page++}` }));
    expect((await failure(introspect(tools, { maxTools: 10 }))).message).toContain(
      'more than 10 tools',
    );
    const cursor = endless(async () => ({ items: [], nextCursor: 'x'.repeat(100_000) }));
    expect((await failure(introspect(cursor))).message).toContain('cursor');
  });

  test('an answer that is no list is an error', async () => {
    for (const answer of [undefined, null, {}, { items: 'x' }, { items: {} }]) {
      const error = await failure(introspect(endless(async () => answer as unknown as Page)));
      expect(error.code).toBe('SERVER_UNAVAILABLE');
    }
  });

  test("the source's own error reaches the caller", async () => {
    const down = new SandboxError('SERVER_UNAVAILABLE', 'It is down.');
    expect(await failure(introspect(endless(() => Promise.reject(down))))).toBe(down);
  });

  test('10,000 tools are read', async () => {
    const tools = Array.from({ length: 10_000 }, (_, index) => ({ name: `t${index}` }));
    expect(
      (await introspect(source([tools.slice(0, 5_000), tools.slice(5_000)]))).tools,
    ).toHaveLength(10_000);
  });
});
