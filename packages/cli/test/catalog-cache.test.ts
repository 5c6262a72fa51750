import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readServerConfig } from '@org/bridge';
import type { CatalogSource, ServerCatalog, ServerId } from '@org/core';
import { describe, expect } from 'vitest';
import { CatalogCache } from '../src/catalog-cache.ts';
import { canary, changingServer, expectAll, servers, test, type Workshop } from './harness.ts';

async function keptFiles(workshop: Workshop): Promise<string[]> {
  const folder = workshop.path('.cache/mcp-cli/catalogs');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.catalog')).map((name) => path.join(folder, name));
}

describe.concurrent('a catalog on the disk', () => {
  test('spares the start of a server, for all but its calls', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, other: servers.tools });
    const first = await workshop.cli(['generate', 'tools', 'other', '--json']);
    const second = await workshop.cli(['generate', 'tools', 'other', '--json']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    const { kept, ...rest } = second.json();
    expect(rest).toEqual(first.json());
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u);
    expect(kept).toEqual({ tools: time, other: time });
    await workshop.cli(['tools', 'search', 'greet']);
    expect([await workshop.startsOf('tools'), await workshop.startsOf('other')]).toEqual([1, 1]);
    const result = await workshop.run(
      `import { greet } from './servers/tools';
       import * as other from './servers/other';
       const found = await searchTools('greet');
       export default [await greet({ name: 'Ada' }), typeof other.greet, found.hits.length];`,
    );
    expect(result.json()).toEqual(['Hello Ada!', 'function', 2]);
    expect([await workshop.startsOf('tools'), await workshop.startsOf('other')]).toEqual([2, 1]);
  });

  test('is read anew with --refresh, and left alone with --no-cache', async ({ workshop }) => {
    await workshop.write('words', 'one');
    await workshop.configure({ changing: changingServer(workshop.path('words')) });
    const shown = async (...flags: string[]) => {
      const { stdout } = await workshop.cli(['generate', 'changing', ...flags]);
      return stdout.match(/\w+(?=\.ts)/gu)?.filter((name) => name !== 'index' && name !== 'd');
    };
    expect(await shown()).toEqual(['one']);
    await workshop.write('words', 'one two');
    expect(await shown()).toEqual(['one']);
    expect(await shown('--no-cache')).toEqual(['one', 'two']);
    expect(await shown()).toEqual(['one']);
    expect(await shown('--refresh')).toEqual(['one', 'two']);
    expect(await shown()).toEqual(['one', 'two']);
    await workshop.write('words', 'three');
    expect((await workshop.cli(['introspect', 'changing'])).stdout).toContain('three()');
    expect(await shown()).toEqual(['three']);
  });

  test('is replaced by each connection, and a call is decided on the live one', async ({
    workshop,
  }) => {
    await workshop.write('words', 'one two');
    await workshop.configure({ changing: changingServer(workshop.path('words')) });
    await workshop.cli(['introspect', 'changing']);
    await workshop.write('words', 'two three');
    const program = (name: string) =>
      `import { ${name} } from './servers/changing'; export default ${name}({});`;
    const early = await workshop.run(program('three'));
    expect(early.code).toBe(1);
    expectAll(early.stderr, ['no export named "three"', '"mcp-cli introspect changing"']);
    const gone = await workshop.run(program('one'));
    expectAll(gone.stderr, ['ToolCallError: ', 'no tool "one"']);
    expect((await workshop.run(program('three'))).json()).toBe('three');
  });

  test('has to do when its server cannot be reached, and says so', async ({ workshop }) => {
    await workshop.write('words', 'one');
    await workshop.configure({ changing: changingServer(workshop.path('words')) });
    const first = await workshop.cli(['generate', 'changing', '--json']);
    await workshop.write('words', 'down');
    const stale = await workshop.cli(['generate', 'changing', '--json', '--refresh']);
    expect(stale.code).toBe(0);
    const { kept, ...rest } = stale.json();
    expect(rest).toEqual(first.json());
    expect(Object.keys(kept)).toEqual(['changing']);
    expect(stale.stderr).toMatch(
      /^Warning: Cannot use server "changing": .* Its tools are shown as they were on \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\n/u,
    );
    const uncached = await workshop.cli(['generate', 'changing', '--no-cache']);
    expect(uncached).toMatchObject({ code: 5, stdout: '' });
    expect(await workshop.cli(['introspect', 'changing'])).toMatchObject({ code: 5, stdout: '' });
  });

  test('that is damaged or foreign is read anew and replaced', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const first = await workshop.cli(['generate', 'tools', '--json']);
    const [file = ''] = await keptFiles(workshop);
    const good = await readFile(file, 'utf8');
    const bad = [good.slice(0, -1), good.replace('Greets', 'Hurts '), '', '{}', '\0'.repeat(200)];
    for (const [index, text] of bad.entries()) {
      await writeFile(file, text);
      const again = await workshop.cli(['generate', 'tools', '--json']);
      expect(again).toMatchObject({ code: 0, stdout: first.stdout, stderr: '' });
      expect(await workshop.startsOf('tools')).toBe(index + 2);
      expect((await readFile(file, 'utf8')).length).toBe(good.length);
    }
  });

  test('belongs to its owner, holds no secret, and goes by all of the entry', async ({
    workshop,
  }) => {
    const entry = { ...servers.tools, env: { TOKEN: `${canary.config}\${PART:-}` } };
    await workshop.configure({ tools: entry });
    await workshop.cli(['introspect', 'tools']);
    const [file = ''] = await keptFiles(workshop);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    const text = (await readFile(file, 'utf8')) + file;
    for (const secret of Object.values(canary)) expect(text).not.toContain(secret);
    await workshop.cli(['introspect', 'tools'], { env: { PART: 'other' } });
    await workshop.configure({ tools: { ...entry, args: [...entry.args, '--more'] } });
    await workshop.cli(['introspect', 'tools']);
    await workshop.configure({ named: entry });
    await workshop.cli(['introspect', 'named']);
    expect(await keptFiles(workshop)).toHaveLength(4);
  });
});

describe('CatalogCache', () => {
  const tools = 'tools' as ServerId;
  const catalog = { server: tools, tools: [], rejected: [] } as unknown as ServerCatalog;

  async function open(workshop: Workshop, refresh = false) {
    await workshop.configure({ tools: servers.tools });
    const { servers: entries } = await readServerConfig({ cwd: workshop.folder, env: {} });
    const folder = workshop.path('catalogs');
    return new CatalogCache(entries, { folder, refresh, onStale: () => {} });
  }

  async function keep(workshop: Workshop, ttlMs: number | undefined): Promise<void> {
    const cache = await open(workshop);
    await cache.keeping(async () => catalog)({ server: tools, ttlMs } as CatalogSource);
    await cache.settled();
  }

  async function isFresh(workshop: Workshop): Promise<boolean> {
    let reads = 0;
    await (await open(workshop)).get(tools, async () => {
      reads++;
      return catalog;
    });
    return reads === 0;
  }

  test('believes a server how long its list holds, within a week', async ({ workshop }) => {
    expect(await isFresh(workshop)).toBe(false);
    await keep(workshop, 0);
    expect(await isFresh(workshop)).toBe(false);
    await keep(workshop, undefined);
    expect(await isFresh(workshop)).toBe(true);
    await keep(workshop, Number.MAX_VALUE);
    const [shard = ''] = await readdir(workshop.path('catalogs'));
    const [file = ''] = await readdir(workshop.path(`catalogs/${shard}`));
    const text = await workshop.read(`catalogs/${shard}/${file}`);
    expect(JSON.parse(text.slice(65)).ttlMs).toBe(7 * 24 * 3_600_000);
  });

  test('without a folder asks each time', async () => {
    const cache = new CatalogCache([], { folder: undefined, onStale: () => {} });
    await cache.keeping(async () => catalog)({ server: tools } as CatalogSource);
    let reads = 0;
    const read = async () => {
      reads++;
      return catalog;
    };
    await cache.get(tools, read);
    await cache.get(tools, read);
    expect(reads).toBe(2);
  });
});
