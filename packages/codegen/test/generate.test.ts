import { describe, expect, test } from 'vitest';
import { generateGlobals, generateServerFiles } from '../src/index.ts';
import { nameTools } from '../src/tool-names.ts';
import { wrapperText } from '../src/wrapper.ts';
import { catalogOf, fixtureCatalog, typeErrors } from './workbench.ts';

function golden(files: ReadonlyMap<string, string>): string {
  return Array.from(files, ([path, text]) => `===== ${path}\n${text}`).join('\n');
}

describe('generateServerFiles()', () => {
  test.each(['everything', 'filesystem'] as const)(
    '%s: the golden files, to the byte',
    async (id) => {
      const files = generateServerFiles(fixtureCatalog(id), id);
      await expect(golden(files)).toMatchFileSnapshot(`golden/${id}.txt`);
    },
  );

  test('the same catalog gives the same bytes in any order of its tools', () => {
    const catalog = fixtureCatalog('filesystem');
    const reversed = { ...catalog, tools: catalog.tools.toReversed() };
    expect([...generateServerFiles(reversed, 'f')]).toEqual([...generateServerFiles(catalog, 'f')]);
  });

  test('programs type-check against the wrappers of real servers, and wrong ones do not', () => {
    const files = new Map([
      ...generateServerFiles(fixtureCatalog('everything'), 'everything'),
      ...generateServerFiles(fixtureCatalog('filesystem'), 'filesystem'),
    ]);
    const program = (call: string) => `
      import { get_sum } from './mcp-tools/servers/everything/index.ts';
      import { read_text_file, list_allowed_directories } from './mcp-tools/servers/filesystem/index.ts';
      const params: Parameters<typeof read_text_file>[0] = { path: 'a' };
      const texts = await Promise.all([read_text_file(params), read_text_file({ path: 'b', head: 1 })]);
      await list_allowed_directories();
      export default [texts.map((text) => text.content.length), await ${call}];
    `;
    const check = (call: string) => typeErrors(new Map([...files, ['/program.ts', program(call)]]));
    expect(check('get_sum({ a: 1, b: 2 })')).toBe('');
    expect(check('get_sum({ a: 1 })')).toContain("Property 'b' is missing");
    expect(check('get_sum({ a: 1, b: 2, c: 3 })')).toContain("'c' does not exist");
    expect(check('get_sum({ a: 1, b: "2" })')).toContain(
      "'string' is not assignable to type 'number'",
    );
    expect(check('get_sum()')).toContain('Expected 1 arguments');
  });

  test('a tool can be imported by its own name too', () => {
    const tools = ['get-sum', 'default', 'then', '__proto__', 'a b', "it's */", 'é'];
    const files = generateServerFiles(
      catalogOf(
        's',
        tools.map((name) => ({ name })),
      ),
      's',
    );
    const program = `
      import { 'get-sum' as sum, 'a b' as ab, "it's */" as its } from './mcp-tools/servers/s/index.ts';
      import * as all from './mcp-tools/servers/s/index.ts';
      export default [sum({}), ab({}), its({}), all['é']({}), all.default_, all.then_];
    `;
    expect(typeErrors(new Map([...files, ['/program.ts', program]]))).toBe('');
    expect(
      typeErrors(new Map([...files, ['/program.ts', program.replace('a b', 'a c')]])),
    ).toContain('a c');
  });

  test('marks tools and parameters that say they are deprecated', () => {
    const old = { type: 'string', description: 'Deprecated: use b.' };
    const files = generateServerFiles(
      catalogOf('s', [
        {
          name: 'a',
          description: 'Reads. DEPRECATED: use c.',
          inputSchema: {
            type: 'object',
            properties: { old, b: { description: 'Not deprecated.' } },
          },
        },
      ]),
      's',
    );
    expect(files.get('/mcp-tools/servers/s/a.ts' as never)).toBe(`/**
 * Server says: Reads. DEPRECATED: use c.
 * @deprecated
 */
export function a(params?: {
 /** @deprecated Deprecated: use b */
 old?: string;
 /** Not deprecated */
 b?: unknown;
}): Promise<unknown> {
 return callTool('s', 'a', params);
}
`);
  });

  test('a tool without parameters takes none; one whose schema says nothing takes any', () => {
    const none = { type: 'object', properties: {} };
    const files = generateServerFiles(
      catalogOf('s', [{ name: 'none', inputSchema: none }, { name: 'any' }]),
      's',
    );
    const check = (call: string) =>
      typeErrors(
        new Map([
          ...files,
          [
            '/program.ts',
            `import { any, none } from './mcp-tools/servers/s/index.ts'; export default [${call}, any];`,
          ],
        ]),
      );
    expect(check('none(), none({}), any({ x: 1 })')).toBe('');
    expect(check('none({ x: 1 })')).toContain("'number' is not assignable to type 'never'");
  });

  test('a result type that was learned says from how many results', () => {
    const catalog = catalogOf('s', [{ name: 'a' }]);
    const [named] = nameTools(catalog);
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
    const text = (results: number) =>
      named && wrapperText(catalog, named, { maxLength: 10_000, observed: { schema, results } });
    expect(text(3)).toContain('/** @returns observed (3) */');
    expect(text(3)).toContain('Promise<{ a: number }>');
    expect(text(9)).toContain('observed (9)');
    expect(text(10)).toContain('observed (10+)');
    expect(text(299)).toContain('observed (200+)');
  });

  test('a catalog without tools is a module', () => {
    const files = generateServerFiles(catalogOf('empty', []), 'empty');
    expect([...files.keys()]).toHaveLength(2);
    expect(typeErrors(files)).toBe('');
  });

  test('says what was refused, what needs a task and what the server hints at', () => {
    const catalog = catalogOf('s', [{ name: 'a', annotations: { readOnlyHint: true } }], {
      rejected: [{ name: 'b', reason: 'It has no name.' }],
    });
    const [tool] = catalog.tools;
    const tasks = {
      ...catalog,
      tools: tool === undefined ? [] : [{ ...tool, requiresTask: true }],
    };
    const files = generateServerFiles(tasks, 's');
    const wrapper = files.get('/mcp-tools/servers/s/a.ts' as never);
    expect(wrapper).toContain('[reads only]');
    expect(wrapper).toContain('It only runs as a task');
    expect(files.get('/mcp-tools/servers/s/index.ts' as never)).toContain(
      '1 more could not be used',
    );
    expect(files.get('/mcp-tools/servers/s/manifest.json' as never)).toContain('It has no name.');
  });

  test('10,000 tools with long texts take bounded space and seconds, not minutes', () => {
    const description = 'long words '.repeat(1_000);
    const tools = Array.from({ length: 10_000 }, (_, index) => ({
      name: `t${index}`,
      description,
    }));
    const start = performance.now();
    const files = generateServerFiles(catalogOf('big', tools), 'big');
    expect(performance.now() - start).toBeLessThan(10_000);
    const length = [...files.values()].reduce((sum, text) => sum + text.length, 0);
    expect(length).toBeLessThan(30_000_000);
  });
});

describe('generateGlobals()', () => {
  test('declares the extensions of a sandbox as they say, or as functions of JSON', () => {
    const globals = generateGlobals({
      lookup: {
        declaration: '/** `By` {{id}}. */\ndeclare function lookup(id: string): Promise<5>;',
      },
      other: {},
    });
    expect(globals.startsWith(generateGlobals().trimEnd())).toBe(true);
    expect(globals.slice(generateGlobals().trimEnd().length)).toBe(`

// Added by the host of this sandbox.

/** \`By\` {{id}}. */
declare function lookup(id: string): Promise<5>;

declare function other(...args: JsonValue[]): Promise<JsonValue | undefined>;
`);
  });

  test('declares what a program uses, for the language alone: no DOM, no Node', () => {
    const program = `
      const { hits, note }: ToolSearchResult = await searchTools('read', { detail: 'name', limit: 3 });
      if (note !== undefined) console.warn(note, hits[0]?.text);
      await writeFile('a.txt', await readFile('/mcp-tools/globals.d.ts'));
      const names: string[] = await listFiles('/workspace');
      await setState('k', { a: [1, null, 'x'] });
      const kept: JsonValue | undefined = await getState('k');
      log('info', 'text', { names, kept });
      console.log(hits, args); console.debug(); console.info(1); console.warn(2); console.error(3);
      const timer = setTimeout((text: string) => log('debug', text), 5, 'x'); clearTimeout(timer);
      clearInterval(setInterval(() => {}, 1));
      await sleep(1);
      queueMicrotask(() => {});
      const bytes = crypto.getRandomValues(new Uint8Array(4));
      const text = new TextDecoder().decode(new TextEncoder().encode(atob(btoa(crypto.randomUUID()))));
      const url = new URL('/a?b=1', 'https://example.com');
      for (const [key, value] of url.searchParams) log('info', key + value);
      new URLSearchParams({ a: '1' }).set('b', '2');
      const controller = new AbortController();
      controller.signal.addEventListener('abort', () => {}, { once: true });
      controller.abort();
      try {
        await callTool('s', 't', { a: 1 });
      } catch (error) {
        const { code, retryable, message } = error as ToolCallError;
        log('error', message, { code, retryable });
      }
      export default structuredClone({ now: performance.now(), bytes: [...bytes], text });
    `;
    expect(typeErrors(new Map([['/program.ts', program]]))).toBe('');
    for (const missing of ['document', 'process', 'fetch', 'require', 'Buffer']) {
      expect(typeErrors(new Map([['/program.ts', `export default ${missing};`]]))).toContain(
        `Cannot find name '${missing}'`,
      );
    }
  });

  test('is the same text each time', () => {
    expect(generateGlobals()).toBe(generateGlobals());
    expect(generateGlobals()).not.toContain('{{');
  });
});
