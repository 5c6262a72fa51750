import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import {
  canary,
  changingServer,
  expectAll,
  faulty,
  servers,
  test,
  type Workshop,
} from './harness.ts';

const tsc = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
const patience = { timeout: 60_000, interval: 20 };

/** What tsc complains about in a folder, by the settings that are there. */
async function complaints(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', '.'], {
    cwd: folder,
  }).catch((failed) => failed);
  return stdout.split('\n').filter((line: string) => line.includes('error TS'));
}

const exists = (workshop: Workshop, name: string): Promise<boolean> =>
  stat(workshop.path(name)).then(
    () => true,
    () => false,
  );

/** The tools of the only catalog in the cache. */
async function keptTools(workshop: Workshop): Promise<string[]> {
  const folder = workshop.path('.cache/mcp-cli/catalogs');
  const names = await readdir(folder, { recursive: true });
  const [file = ''] = names.filter((name) => name.endsWith('.catalog'));
  const text = await readFile(path.join(folder, file), 'utf8');
  const { catalog } = JSON.parse(text.slice(text.indexOf('\n')));
  return catalog.tools.map(({ name }: { name: string }) => name);
}

describe.concurrent('generate', () => {
  test('shows the tree that a program sees', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, 'my files': servers.files });
    const result = await workshop.cli(['generate', 'tools']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const names = result.stdout.match(/[\w.-]+(?:\.ts|\.json|\.md|\/)$/gmu);
    expect(result.stdout).toMatch(/^\/mcp-tools\n/u);
    expect(names).toEqual([
      ...['README.md', 'globals.d.ts', 'servers/', 'tools/', 'die.ts', 'fail.ts', 'greet.ts'],
      ...['identify.ts', 'index.ts', 'manifest.json', 'never_.ts', 'secret.ts'],
    ]);
    const left = (await readdir(workshop.folder)).sort();
    expect(left).toEqual(['.cache', '.mcp.json', 'tools.pid']);
  });

  test('shows the files that a program can read', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, absent: servers.absent });
    const result = await workshop.run(
      `const listed = await listFiles('/mcp-tools');
       const readme = await readFile('/mcp-tools/README.md');
       return [listed, readme.split('\\n').filter((line) => line.startsWith('- '))];`,
    );
    expect(result.json()).toEqual([
      ['README.md', 'globals.d.ts', 'servers/'],
      [
        '- absent: cannot be reached.',
        '- tools: 6 tools. die, fail, greet, identify, never_, secret',
      ],
    ]);
  });

  test('--output writes files that type-check as they are, byte-identical each time', async ({
    workshop,
  }) => {
    await workshop.configure({
      tools: servers.tools,
      files: servers.files,
      everything: servers.everything,
    });
    const names = ['tools', 'files', 'everything'];
    const [plain, document] = await Promise.all([
      workshop.cli(['generate', ...names, '--output', 'deep/er/out']),
      workshop.cli(['generate', '-o', workshop.path('again'), '--json']),
    ]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(document).toMatchObject({ code: 0, stderr: '' });
    const { output, files, failed, ...rest } = document.json();
    expect([output, failed, rest]).toEqual([workshop.path('again'), [], {}]);
    expect(plain.stdout).toBe(`Files in deep/er/out: ${files.length} written\n`);
    for (const { path: virtual, bytes, status, ...more } of files) {
      const name = path.posix.relative('/mcp-tools', virtual);
      const text = await workshop.read(`again/${name}`);
      expect(text).toBe(await workshop.read(`deep/er/out/${name}`));
      expect([Buffer.byteLength(text), status, more]).toEqual([bytes, 'written', {}]);
    }
    const again = await workshop.cli(['generate', '-o', 'again']);
    expect(again.stdout).toBe(`Files in again: ${files.length} unchanged\n`);
    await workshop.write(
      'again/right.ts',
      `import { echo, get_sum } from './servers/everything';
       import { read_text_file } from './servers/files';
       import { greet } from './servers/tools';
       import data from './data.json';
       const greeting: unknown = await greet({ name: 'Ada', times: data.times });
       const { content }: { content: string } = await read_text_file({ path: 'a', head: 1 });
       log('info', content, { sum: await get_sum({ a: 1, b: 2 }) });
       export default [greeting, await echo({ message: 'x' }), await readFile('a')];`,
    );
    await workshop.write('again/data.json', '{ "times": 2 }');
    await workshop.write(
      'again/wrong.ts',
      `import { greet } from './servers/tools';
       await greet({ times: 2 });
       await greet({ name: 'Ada', other: 1 });
       document.title = process.cwd();
       export default greet({ name: 3 });`,
    );
    const found = await complaints(workshop.path('again'));
    expect(found.map((line) => line.replace(/\(.*/su, ''))).toEqual(Array(5).fill('wrong.ts'));
    await rm(workshop.path('again/wrong.ts'));
    const strictest = {
      extends: './tsconfig.json',
      compilerOptions: {
        ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
        ...{ noUnusedLocals: true, noUnusedParameters: true, lib: ['es2024'], target: 'es2024' },
      },
    };
    await workshop.write(
      'again/strictest/tsconfig.json',
      JSON.stringify({ ...strictest, extends: '../tsconfig.json', include: ['..'] }),
    );
    expect(await complaints(workshop.path('again/strictest'))).toEqual([]);
  });

  test('without a server writes what can be had, and keeps what was had before', async ({
    workshop,
  }) => {
    await workshop.write('words', 'one');
    const changing = changingServer(workshop.path('words'));
    await workshop.configure({
      changing,
      tools: servers.tools,
      off: { ...servers.tools, disabled: true },
    });
    expect((await workshop.cli(['generate', '-o', 'out'])).code).toBe(0);
    expect(await readdir(workshop.path('out/servers'))).toEqual(['changing', 'tools']);
    await workshop.configure({ ...faulty, changing });
    await workshop.write('words', 'down');
    // Without the cache nothing is known of a server that is down, but its files stay.
    const partly = await workshop.cli(['generate', '-o', 'out', '--json', '--no-cache']);
    expect(partly.code).toBe(2);
    expect(
      partly.json().failed.map(({ server, code }: Record<string, string>) => [server, code]),
    ).toEqual([
      ['absent', 'SERVER_UNAVAILABLE'],
      ['changing', 'SERVER_UNAVAILABLE'],
      ['exiting', 'SERVER_UNAVAILABLE'],
      ['unset', 'VARIABLE_UNSET'],
    ]);
    expect(await readdir(workshop.path('out/servers/changing'))).toContain('one.ts');
    await workshop.configure({ tools: servers.tools });
    await workshop.cli(['generate', '-o', 'out']);
    expect(await readdir(workshop.path('out/servers'))).toEqual(['tools']);
    const named = await workshop.cli(['generate', 'nope', '-o', 'out']);
    expect(named).toMatchObject({ code: 2, stdout: '' });
  });

  test('--check tells what differs, and writes nothing', async ({ workshop }) => {
    await workshop.write('words', 'one two');
    await workshop.configure({ changing: changingServer(workshop.path('words')) });
    const missing = await workshop.cli(['generate', '-o', 'out', '--check']);
    expect(missing.code).toBe(1);
    expect(await exists(workshop, 'out')).toBe(false);
    await workshop.cli(['generate', '-o', 'out']);
    const right = await workshop.cli(['generate', '-o', 'out', '--check']);
    expect(right).toMatchObject({ code: 0, stdout: 'Files in out: 7 unchanged\n' });
    await workshop.write('words', 'two three');
    const wrong = await workshop.cli(['generate', '-o', 'out', '--check', '--refresh']);
    expect(wrong.code).toBe(1);
    expectAll(wrong.stdout, [
      ...['differs: README.md\n', 'differs: servers/changing/three.ts\n'],
      ...['gone: servers/changing/one.ts\n', '4 to write, 1 to remove, 3 unchanged\n'],
    ]);
    const names = await readdir(workshop.path('out/servers/changing'));
    expect(names).toEqual(['index.ts', 'manifest.json', 'one.ts', 'two.ts']);
  });

  test('refuses what it cannot do', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('mine/README.md', 'mine');
    const cases: [string[], string][] = [
      [['--check'], '--output'],
      [['-o', 'out', '--watch', '--check'], '--check'],
      [['-o', 'out', '--watch', '--json'], '--watch has no end'],
      [['-o', 'mine'], 'no earlier command wrote what is there as README.md'],
      [['-o', '.mcp.json'], 'it is a file, not a folder'],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const result = await workshop.cli(['generate', ...args]);
        expect(result.code).toBe(2);
        expect(result.stderr + result.stdout).toContain(message);
      }),
    );
    expect(await workshop.read('mine/README.md')).toBe('mine');
  });
});

describe('generate --watch', () => {
  test('follows the configuration and the servers until it is interrupted', async ({
    workshop,
  }) => {
    await workshop.write('words', 'one');
    const changing = changingServer(workshop.path('words'));
    await workshop.configure({ changing });
    const started = await workshop.start(['generate', '-o', 'out', '--watch']);
    const appears = (name: string, wanted = true) =>
      vi.waitFor(async () => {
        expect(started.child.exitCode).toBe(null);
        expect(await exists(workshop, `out/servers/${name}`)).toBe(wanted);
      }, patience);
    await appears('changing/one.ts');
    await started.said('Watching ');
    const untouched = (await stat(workshop.path('out/globals.d.ts'))).mtimeMs;
    await workshop.write('words', 'one two');
    await appears('changing/two.ts');
    await workshop.write('words', 'two');
    await appears('changing/one.ts', false);
    await vi.waitFor(async () => expect(await keptTools(workshop)).toEqual(['two']), patience);
    await workshop.configure({ changing, tools: servers.tools });
    await appears('tools/greet.ts');
    await workshop.write('.mcp.json', `{ "mcpServers": { "${canary.config}`);
    await started.heard('.mcp.json:1:');
    await workshop.configure({ tools: servers.tools });
    await appears('changing/two.ts', false);
    expect((await stat(workshop.path('out/globals.d.ts'))).mtimeMs).toBe(untouched);
    const pid = await workshop.pidOf('tools');
    expect(() => process.kill(pid, 0)).not.toThrow();
    started.child.kill('SIGINT');
    // The harness looks whether servers are left.
    const result = await started.finished;
    expect(result.code).toBe(130);
  });
});
