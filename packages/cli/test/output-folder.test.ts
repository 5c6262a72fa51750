import { execFileSync, spawn } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath, SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OutputFolder, type PlanOptions } from '../src/output-folder.ts';
import { Workshop } from './harness.ts';

const at = (name: string): VfsPath => parseVfsPath(name, toolsRoot);
const tree = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([name, text]) => [at(name), text]));

/** No fixture, which a test would have once: mutants are tried by running a test again. */
async function openWorkshop(): Promise<Workshop> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'output-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return new Workshop(folder);
}

async function mirror(
  workshop: Workshop,
  files: Record<string, string>,
  options: Partial<PlanOptions> = {},
): Promise<Record<string, string>> {
  const folder = await OutputFolder.open(workshop.path('out'));
  const planned = await folder.plan(tree(files), {
    force: false,
    keep: [],
    editable: [],
    ...options,
  });
  await folder.apply(planned);
  return Object.fromEntries(planned.map(({ path: file, status }) => [file.slice(11), status]));
}

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.catch((thrown: unknown) => thrown);
  if (!(error instanceof SandboxError)) throw new Error('It was not refused.', { cause: error });
  expect(error.code).toBe('USAGE');
  return error.message;
}

async function names(workshop: Workshop): Promise<string[]> {
  const found = await readdir(workshop.path('out'), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(workshop.path('out'), path.join(entry.parentPath, entry.name)))
    .sort();
}

describe('an output folder', () => {
  test('gets what changed, loses what has gone, and keeps the rest as it is', async () => {
    const workshop = await openWorkshop();
    await workshop.write('out/mine.txt', 'mine');
    expect(await mirror(workshop, { a: '1', 's/b': '1', 's/t/c': '1' })).toEqual({
      a: 'written',
      's/b': 'written',
      's/t/c': 'written',
    });
    const before = await stat(workshop.path('out/a'));
    expect(await mirror(workshop, { a: '1', 's/b': '2' })).toEqual({
      a: 'unchanged',
      's/b': 'written',
      's/t/c': 'removed',
    });
    const after = await stat(workshop.path('out/a'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(await workshop.read('out/s/b')).toBe('2');
    expect(await readdir(workshop.path('out/s'))).toEqual(['b']);
    expect(await names(workshop)).toEqual(['.mcp-cli-files.json', 'a', 'mine.txt', 's/b']);
  });

  test('replaces nothing that is not ours, unless it is told to', async () => {
    const workshop = await openWorkshop();
    await workshop.write('out/README.md', 'mine');
    expect(await refusal(mirror(workshop, { 'README.md': 'x', a: '' }))).toContain('README.md');
    expect(await names(workshop)).toEqual(['README.md']);
    expect(await mirror(workshop, { 'README.md': 'mine' })).toEqual({ 'README.md': 'unchanged' });
    await rm(workshop.path('out/.mcp-cli-files.json'));
    await mirror(workshop, { 'README.md': 'x' }, { force: true });
    expect(await workshop.read('out/README.md')).toBe('x');
  });

  test('leaves what a user has edited where that is wanted, and does not remove it', async () => {
    const workshop = await openWorkshop();
    const editable = [at('tsconfig.json')];
    await workshop.write('out/tsconfig.json', 'mine');
    expect(await mirror(workshop, { 'tsconfig.json': '{}', a: '1', b: '1' }, { editable })).toEqual(
      {
        'tsconfig.json': 'changed',
        a: 'written',
        b: 'written',
      },
    );
    await workshop.write('out/a', 'edited');
    await workshop.write('out/b', 'edited');
    expect(await mirror(workshop, { 'tsconfig.json': '{ }', a: '2' }, { editable })).toEqual({
      'tsconfig.json': 'changed',
      a: 'written',
      b: 'changed',
    });
    expect(await workshop.read('out/tsconfig.json')).toBe('mine');
    expect(await workshop.read('out/b')).toBe('edited');
    await rm(workshop.path('out/tsconfig.json'));
    await mirror(workshop, { 'tsconfig.json': '{}' }, { editable });
    expect(await mirror(workshop, { 'tsconfig.json': '{ }' }, { editable })).toMatchObject({
      'tsconfig.json': 'written',
    });
  });

  test('keeps the files of folders that are to stay', async () => {
    const workshop = await openWorkshop();
    await mirror(workshop, { 'servers/a/x': '1', 'servers/ab/x': '1' });
    expect(await mirror(workshop, {}, { keep: [at('servers/a')] })).toEqual({
      'servers/ab/x': 'removed',
    });
    expect(await mirror(workshop, {})).toEqual({ 'servers/a/x': 'removed' });
  });

  test('follows no links, and opens nothing but files', async () => {
    const workshop = await openWorkshop();
    await workshop.write('outside/x', 'kept');
    await mkdir(workshop.path('out/s'), { recursive: true });
    const cases: [string, () => Promise<unknown>, string][] = [
      ['s/x', () => symlink('../../outside/x', workshop.path('out/s/x')), 's/x is a link'],
      ['t/x', () => symlink('../outside', workshop.path('out/t')), 't is a link'],
      ['u/x', () => writeFile(workshop.path('out/u'), ''), 'u is there, and is not a folder'],
      ['v', () => mkdir(workshop.path('out/v')), 'v is there, and is not a file'],
      ['w', async () => execFileSync('mkfifo', [workshop.path('out/w')]), 'is not a file'],
    ];
    for (const [name, obstruct, why] of cases) {
      await obstruct();
      expect(await refusal(mirror(workshop, { [name]: 'new' }, { force: true }))).toContain(why);
    }
    expect(await workshop.read('outside/x')).toBe('kept');
    await writeFile(workshop.path('file'), '');
    expect(await refusal(OutputFolder.open(workshop.path('file')))).toContain('not a folder');
    await symlink('nowhere', workshop.path('out/.mcp-cli-files.json'));
    expect(await refusal(mirror(workshop, {}))).toContain('.mcp-cli-files.json is a link');
  });

  test('a list of files from elsewhere removes nothing', async () => {
    const workshop = await openWorkshop();
    const text = 'kept';
    await workshop.write('outside', text);
    await workshop.write('out/inside', text);
    await symlink('..', workshop.path('out/up'));
    const sum = execFileSync('sha256sum', [workshop.path('outside')], { encoding: 'utf8' }).slice(
      0,
      64,
    );
    const hostile = [
      '../outside',
      '/outside',
      'up/../../outside',
      './../outside',
      'a\\..\\..\\outside',
    ];
    const files = Object.fromEntries([...hostile, '__proto__'].map((name) => [name, sum]));
    const manifests = [
      JSON.stringify({ files }),
      JSON.stringify({ files: { inside: 'f'.repeat(64), other: 7 } }),
      ...['{', 'null', '[]', '{"files":[]}', '{"files":null}', '7'],
    ];
    for (const manifest of manifests) {
      await workshop.write('out/.mcp-cli-files.json', manifest);
      const statuses = Object.values(await mirror(workshop, {}));
      expect(statuses.filter((status) => status !== 'changed')).toEqual([]);
      expect(await workshop.read('outside')).toBe(text);
      expect(await workshop.read('out/inside')).toBe(text);
    }
    await workshop.write(
      'out/.mcp-cli-files.json',
      JSON.stringify({ files: { 'up/outside': sum } }),
    );
    expect(await refusal(mirror(workshop, {}))).toContain('up is a link');
  });

  test('knows after a failure what is of the old tree and what of the new one', async () => {
    const workshop = await openWorkshop();
    await mirror(workshop, { a: '1', c: '1' });
    const folder = await OutputFolder.open(workshop.path('out'));
    const options = { force: false, keep: [], editable: [] };
    const planned = await folder.plan(tree({ a: '2', b: '2', c: '2' }), options);
    await mkdir(workshop.path('out/b'));
    expect(await refusal(folder.apply(planned))).toContain('Cannot write to ');
    expect([await workshop.read('out/a'), await workshop.read('out/c')]).toEqual(['2', '1']);
    await rm(workshop.path('out/b'), { recursive: true });
    expect(await mirror(workshop, {})).toEqual({ a: 'removed', c: 'removed' });
    expect(await names(workshop)).toEqual(['.mcp-cli-files.json']);
  });

  // A process that writes one tree after the other is killed at any point of it.
  test('has each file whole after a crash, and is put right by the next command', async () => {
    const workshop = await openWorkshop();
    const text = (version: number) => `${version}`.repeat(200_000);
    const module = path.resolve(import.meta.dirname, '../src/output-folder.ts');
    const source = `const { OutputFolder } = await import(${JSON.stringify(module)});
      process.stdout.write('begun');
      for (let version = 1; ; version = 3 - version) {
        const folder = await OutputFolder.open('out');
        const files = new Map(['a', 'b/c', 'only' + version].map((name) => ['/mcp-tools/' + name, String(version).repeat(200_000)]));
        await folder.apply(await folder.plan(files, { force: false, keep: [], editable: [] }));
      }`;
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
        cwd: workshop.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const looks = 1 + ((round * 7) % 40);
      for (let look = 0; look < looks; look++) await names(workshop).catch(() => []);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      for (const name of (await names(workshop).catch(() => [])).filter(
        (one) => !one.startsWith('.'),
      )) {
        expect([text(1), text(2)]).toContain(await readFile(workshop.path(`out/${name}`), 'utf8'));
      }
    }
    await mirror(workshop, { a: '3' }, {});
    expect(await names(workshop)).toEqual(['.mcp-cli-files.json', 'a']);
  });
});
