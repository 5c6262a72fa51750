import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { keysOf, servers, test } from './harness.ts';

const tsc = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');

describe.concurrent('introspect', () => {
  test('shows each tool of several servers with its parameters', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, files: servers.files });
    const result = await workshop.cli(['introspect', 'tools', 'files', 'tools']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^tools: 6 tools \(tools 1\.0\.0, MCP \d{4}-\d\d-\d\d\)\n/u);
    expect(result.stdout).toContain('  greet(name, times?)  Greets somebody.\n');
    expect(result.stdout).toContain("  import { … } from './servers/tools'\n");
    expect(result.stdout).toContain('\nfiles: 14 tools (secure-filesystem-server ');
    expect(result.stdout).toContain('  read_text_file(path, tail?, head?)');
    expect(result.stdout.match(/^tools: /gmu)).toHaveLength(1);
  });

  test('--json is the whole catalog', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, everything: servers.everything });
    const result = await workshop.cli(['introspect', 'everything', 'tools', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { servers: catalogs, ...rest } = result.json();
    expect(rest).toEqual({});
    expect(catalogs.map(({ server }: { server: string }) => server)).toEqual([
      'everything',
      'tools',
    ]);
    const [everything, tools] = catalogs;
    expect(keysOf(tools)).toEqual([
      ...['capabilities', 'prompts', 'protocolVersion', 'rejected', 'resourceTemplates'],
      ...['resources', 'server', 'serverInfo', 'tools'],
    ]);
    expect(tools.tools.map(({ name }: { name: string }) => name)).toEqual([
      ...['die', 'fail', 'greet', 'identify', 'never', 'secret'],
    ]);
    expect(tools.tools[2]).toMatchObject({
      name: 'greet',
      description: 'Greets somebody.',
      inputSchema: { type: 'object', required: ['name'], additionalProperties: false },
      requiresTask: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    const structured = everything.tools.find(
      ({ name }: { name: string }) => name === 'get-structured-content',
    );
    expect(structured.outputSchema.type).toBe('object');
  });

  test('texts of a hostile server neither act nor look like lines of ours', async ({
    workshop,
  }) => {
    await workshop.configure({ hostile: servers.hostile });
    const [plain, document, generated] = await Promise.all([
      workshop.cli(['introspect', 'hostile']),
      workshop.cli(['introspect', 'hostile', '--json']),
      workshop.cli(['generate', 'hostile', '--output', 'out', '--json']),
    ]);
    // The harness looks for control characters in all output.
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    const lines = plain.stdout.split('\n');
    for (const line of lines) expect(line).toMatch(/^(?:hostile: | {2}|$)/u);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}shown\(key.*\?\)(?: {2}|$)/u));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}not usable: name/u));
    expect(plain.stdout).not.toContain('second line');
    const [catalog] = document.json().servers;
    expect(catalog.rejected).toHaveLength(1);
    expect(generated.code).toBe(0);
    for (const name of await readdir(workshop.path('out/servers/hostile'))) {
      const text = await workshop.read(`out/servers/hostile/${name}`);
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u);
    }
  });
});

test('texts of a hostile server do not act in a call that fails', async ({ workshop }) => {
  await workshop.configure({ hostile: servers.hostile });
  const [plain, document] = await Promise.all([
    workshop.run("await callTool('hostile', 'shown', {})"),
    workshop.run("await callTool('hostile', 'shown', {})", '--json'),
  ]);
  expect(plain.stderr).toMatch(/^ToolCallError: failed\n {4}at program\.ts:1:7\n/u);
  expect(document.json().error).toMatchObject({ code: 'TOOL_FAILED', message: 'failed' });
});

describe.concurrent('generate', () => {
  test('shows the tree that a program sees', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, 'my files': servers.files });
    const result = await workshop.cli(['generate', 'tools']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const names = result.stdout.match(/[\w.-]+(?:\.ts|\.json|\/)$/gmu);
    expect(result.stdout).toMatch(/^\/mcp-tools\n/u);
    expect(names).toEqual([
      ...['globals.d.ts', 'servers/', 'tools/', 'die.ts', 'fail.ts', 'greet.ts', 'identify.ts'],
      ...['index.ts', 'manifest.json', 'never_.ts', 'secret.ts'],
    ]);
    expect(await readdir(workshop.folder)).toEqual(['.mcp.json', 'tools.pid']);
  });

  test('--output writes files that type-check, byte-identical each time', async ({ workshop }) => {
    await workshop.configure({
      tools: servers.tools,
      files: servers.files,
      everything: servers.everything,
    });
    const names = ['tools', 'files', 'everything'];
    const [plain, document] = await Promise.all([
      workshop.cli(['generate', ...names, '--output', 'deep/er/out']),
      workshop.cli(['generate', ...names, '-o', workshop.path('again'), '--json']),
    ]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(document).toMatchObject({ code: 0, stderr: '' });
    const { output, files, ...rest } = document.json();
    expect(rest).toEqual({});
    expect(output).toBe(workshop.path('again'));
    expect(plain.stdout).toBe(`Wrote ${files.length} files to deep/er/out\n`);
    for (const { path: virtual, bytes, ...more } of files) {
      const name = path.posix.relative('/mcp-tools', virtual);
      const text = await workshop.read(`again/${name}`);
      expect(text).toBe(await workshop.read(`deep/er/out/${name}`));
      expect([Buffer.byteLength(text), more]).toEqual([bytes, {}]);
    }
    await workshop.write(
      'again/right.ts',
      `import { echo, get_sum } from './servers/everything';
       import { read_text_file } from './servers/files';
       import { greet } from './servers/tools';
       const greeting: unknown = await greet({ name: 'Ada', times: 2 });
       const { content }: { content: string } = await read_text_file({ path: 'a', head: 1 });
       log('info', content, { sum: await get_sum({ a: 1, b: 2 }) });
       export default [greeting, await echo({ message: 'x' }), await readFile('a')];`,
    );
    await workshop.write(
      'again/wrong.ts',
      `import { greet } from './servers/tools';
       await greet({ times: 2 });
       await greet({ name: 'Ada', other: 1 });
       export default greet({ name: 3 });`,
    );
    const flags = {
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, types: [] },
      ...{ noUncheckedIndexedAccess: true, noUnusedLocals: true, noUnusedParameters: true },
      ...{
        target: 'es2024',
        lib: ['es2024'],
        module: 'preserve',
      },
    };
    await workshop.write('again/tsconfig.json', JSON.stringify({ compilerOptions: flags }));
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', '.'], {
      cwd: workshop.path('again'),
    }).catch((failed) => failed);
    const complaints = stdout.split('\n').filter((line: string) => line.includes('error TS'));
    expect(complaints.map((line: string) => line.replace(/\(.*/su, ''))).toEqual(
      Array(3).fill('wrong.ts'),
    );
  });

  test('writes over what it wrote before, and only that', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('out/servers/tools/greet.ts', 'old');
    await workshop.write('out/mine.ts', 'mine');
    const result = await workshop.cli(['generate', 'tools', '--output', 'out']);
    expect(result.code).toBe(0);
    expect(await workshop.read('out/servers/tools/greet.ts')).toContain('greet');
    expect(await workshop.read('out/mine.ts')).toBe('mine');
  });
});
