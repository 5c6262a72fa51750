import { type CatalogSource, type JsonObject, parseServerId, type ServerList } from '@org/core';
import { describe, expect, test } from 'vitest';
import { introspect, introspectOffer } from '../src/index.ts';

type Lists = Partial<Record<ServerList, readonly unknown[]>>;

/** Gives each list in pages of one entry. */
function source(lists: Lists, capabilities: JsonObject = {}): CatalogSource & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    server: parseServerId('s'),
    serverInfo: { name: 'test-server', version: '1.0.0' },
    protocolVersion: '2025-11-25',
    capabilities,
    async listPage(list, cursor) {
      asked.push(list);
      const page = Number(cursor ?? 0);
      const all = lists[list] ?? [];
      const more = page + 1 < all.length;
      return { items: all.slice(page, page + 1), ...(more && { nextCursor: `${page + 1}` }) };
    },
  };
}

const refusal = async (list: ServerList, entry: unknown) => {
  const { rejected } = await introspectOffer(source({ [list]: [entry] }));
  return rejected[0]?.reason;
};
const json = (text: string): unknown => JSON.parse(text);

describe('introspectOffer()', () => {
  test('reads all pages of resources, templates and prompts, sorted', async () => {
    const offer = await introspectOffer(
      source(
        {
          resources: [
            { uri: 'b:', name: 'B', size: 7, mimeType: 'text/plain', icons: [] },
            { uri: 'a:', title: 'A', description: 'x\u202ey', size: -1 },
          ],
          resourceTemplates: [{ uriTemplate: 'a:{x}', name: 'T' }],
          prompts: [
            {
              name: 'p',
              arguments: [
                { name: 'x', required: true },
                { name: 'y', description: 'Y' },
              ],
            },
            { name: 'o', arguments: null },
          ],
        },
        { resources: { subscribe: true } },
      ),
    );
    expect(offer).toEqual({
      capabilities: { resources: { subscribe: true } },
      resources: [
        { uri: 'a:', name: 'a:', title: 'A', description: 'xy' },
        { uri: 'b:', name: 'B', size: 7, mimeType: 'text/plain' },
      ],
      resourceTemplates: [{ uriTemplate: 'a:{x}', name: 'T' }],
      prompts: [
        { name: 'o', arguments: [] },
        {
          name: 'p',
          arguments: [
            { name: 'x', required: true },
            { name: 'y', description: 'Y', required: false },
          ],
        },
      ],
      rejected: [],
    });
  });

  test('is another reading than that of the tools', async () => {
    const both = source({ tools: [{ name: 'a' }], resources: [{ uri: 'a:', name: 'a' }] });
    await introspect(both);
    expect(new Set(both.asked)).toEqual(new Set(['tools']));
    both.asked.length = 0;
    await introspectOffer(both);
    expect(both.asked).not.toContain('tools');
  });

  test.each<[ServerList, unknown, RegExp]>([
    ['resources', null, /not an object/],
    ['resources', [], /not an object/],
    ['resources', { name: 'x' }, /no uri/],
    ['resources', { uri: 7 }, /not a text/],
    ['resources', { uri: '' }, /empty/],
    ['resources', { uri: 'x'.repeat(2_049) }, /2048/],
    ['resources', { uri: 'a:\u200b' }, /invisible/],
    ['resources', { uri: 'a:\u001b[31m' }, /invisible/],
    ['resources', Object.create({ uri: 'a:' }), /no uri/],
    ['resourceTemplates', { uri: 'a:' }, /no uriTemplate/],
    ['prompts', { name: 'n'.repeat(129) }, /128/],
    ['prompts', { name: 'a\nb' }, /invisible/],
    ['prompts', json('{"__proto__":{"name":"x"}}'), /no name/],
    ['prompts', { name: 'a', arguments: {} }, /not a list/],
    ['prompts', { name: 'a', arguments: [7] }, /not an object/],
    ['prompts', { name: 'a', arguments: [{}] }, /no name/],
    ['prompts', { name: 'a', arguments: Array(101).fill({ name: 'x' }) }, /100/],
  ])('refuses of %s %j', async (list, entry, reason) => {
    expect(await refusal(list, entry)).toMatch(reason);
  });

  test('a bad entry costs only itself, and of two with one key the first counts', async () => {
    const { resources, rejected } = await introspectOffer(
      source({ resources: [{ uri: 'a:', name: '1' }, 7, { uri: 'a:', name: '2' }] }),
    );
    expect(resources).toEqual([{ uri: 'a:', name: '1' }]);
    expect(rejected).toEqual([
      { list: 'resources', name: '(entry 2 of the list)', reason: 'It is not an object.' },
      { list: 'resources', name: 'a:', reason: 'The server lists this uri twice.' },
    ]);
  });

  test('entries and pages are bounded', async () => {
    const endless = { ...source({}), listPage: async () => ({ items: [7], nextCursor: `${n++}` }) };
    let n = 0;
    await expect(introspectOffer(endless, { maxPages: 5 })).rejects.toThrow(
      'Cannot read the resources of server "s": its list has more than 5 pages',
    );
    await expect(introspectOffer(endless, { maxEntries: 5 })).rejects.toThrow('more than 5');
  });

  test('capabilities out of bounds are left out', async () => {
    const deep = json(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) as JsonObject;
    expect((await introspectOffer(source({}, deep))).capabilities).toEqual({});
  });
});

test.each([
  ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#', definitions: { a: {} } }],
  ['2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: { a: {} } }],
])('introspect() takes over schemas of %s as they are', async (_, words) => {
  const schema = {
    ...words,
    type: 'object',
    properties: { x: { $ref: '#/definitions/a' }, y: { prefixItems: [{}], items: false } },
    dependencies: { x: ['y'] },
    dependentRequired: { x: ['y'] },
  };
  const { tools, rejected } = await introspect(
    source({ tools: [{ name: 'a', inputSchema: schema, outputSchema: schema }] }),
  );
  expect(rejected).toEqual([]);
  expect(tools[0]).toMatchObject({ inputSchema: schema, outputSchema: schema });
});

test('introspect() refuses a tool that is named like a method', async () => {
  const { tools, rejected } = await introspect(source({ tools: [{ name: '@resources/read' }] }));
  expect(tools).toEqual([]);
  expect(rejected).toEqual([
    { name: '@resources/read', reason: 'A tool name must not begin with @.' },
  ]);
});
