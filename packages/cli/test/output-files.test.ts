import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath, SandboxError, toolsRoot } from '@org/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutputFolder, type PlanOptions } from '../src/output-folder.ts';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'output-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const at = (name: string) => parseVfsPath(name, toolsRoot);
const treeOf = (names: Record<string, string>) =>
  new Map(Object.entries(names).map(([name, text]) => [at(name), text]));

async function mirror(names: Record<string, string>, options: Partial<PlanOptions> = {}) {
  const folder = await OutputFolder.open(out);
  const planned = await folder.plan(treeOf(names), {
    ...{ force: false, keep: [], editable: [] },
    ...options,
  });
  await folder.apply(planned);
  return planned;
}

const listed = async () =>
  Object.keys(JSON.parse(await readFile(path.join(out, '.mcp-cli-files.json'), 'utf8')).files);

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.catch((thrown: unknown) => thrown);
  if (!(error instanceof SandboxError)) throw new Error('It was not refused.', { cause: error });
  return error.message;
}

test('folders are made as needed, and go when they are empty', async () => {
  await mirror({ 'x/y/z': '1', 'x/a': '1', 'b/c': '1' });
  await writeFile(path.join(out, 'b/mine'), '');
  await mirror({ 'x/a': '1' });
  expect((await readdir(out, { recursive: true })).sort()).toEqual([
    ...['.mcp-cli-files.json', 'b', 'b/mine', 'x', 'x/a'],
  ]);
  await mirror({});
  expect((await readdir(out)).sort()).toEqual(['.mcp-cli-files.json', 'b']);
});

test('a folder that cannot be made is refused, and not tried for ever', async () => {
  const nowhere = existsSync('/proc/self') ? '/proc/nothing/here' : '/dev/null/here';
  const folder = await OutputFolder.open(nowhere);
  const planned = await folder.plan(treeOf({ a: '1' }), { force: false, keep: [], editable: [] });
  expect(await refusal(folder.apply(planned))).toContain(`Cannot write to ${nowhere}: ENO`);
});

test('the list has what is there by name, in order, and not what went', async () => {
  await mirror({ c: '3', a: '1', 'b/x': '2', 'b.x': '2' });
  expect(await listed()).toEqual(['a', 'b.x', 'b/x', 'c']);
  const text = await readFile(path.join(out, '.mcp-cli-files.json'), 'utf8');
  expect(text).toMatch(/^\{\n {2}"files": \{\n {4}"a": "[0-9a-f]{64}",\n/u);
  expect(text).toMatch(/\}\n$/u);
  await mirror({ a: '1' });
  expect(await listed()).toEqual(['a']);
});

test('a plan has the new text, none for what goes, and that of the user for what is edited', async () => {
  await mirror({ a: '1', b: '1', c: '1' });
  await writeFile(path.join(out, 'c'), 'mine');
  const planned = await mirror({ a: '2' });
  expect(planned.map(({ path: file, text, status }) => [file, text, status])).toEqual([
    ['/mcp-tools/a', '2', 'written'],
    ['/mcp-tools/b', '', 'removed'],
    ['/mcp-tools/c', 'mine', 'changed'],
  ]);
  expect(await readFile(path.join(out, 'c'), 'utf8')).toBe('mine');
});

test('files of others are named, three of them', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await writeFile(path.join(out, name), 'mine');
  const why = (names: string) =>
    `Cannot write to ${out}: no earlier command wrote what is there as ${names}.`;
  expect(await refusal(mirror({ a: '1' }))).toBe(why('a'));
  expect(await refusal(mirror({ a: '1', b: '1', c: '1' }))).toBe(why('a, b, c'));
  const all = { a: '1', b: '1', c: '1', d: '1', e: '1' };
  expect(await refusal(mirror(all))).toBe(why('a, b, c and 2 more'));
});

test('what commands left that have ended is removed, and nothing else', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const kept = [
    `.mcp-cli-${process.pid}-0123ab.tmp`,
    ...[`x.mcp-cli-${pid}-0123ab.tmp`, `.mcp-cli-${pid}-0123ab.tmpx`],
    ...[`.mcp-cli-${pid}-xyz.tmp`, `.mcp-cli-x-0123ab.tmp`, `.mcp-cli-${pid}-.tmp`],
  ];
  const left = [`.mcp-cli-${pid}-0123ab.tmp`, `.mcp-cli-${pid}-0.tmp`];
  for (const name of [...kept, ...left]) await writeFile(path.join(out, name), '');
  await mirror({});
  expect((await readdir(out)).sort()).toEqual([...kept, '.mcp-cli-files.json'].sort());
});

test('a write that fails leaves no draft', async () => {
  const folder = await OutputFolder.open(out);
  const options = { force: false, keep: [], editable: [] };
  const planned = await folder.plan(treeOf({ a: '1' }), options);
  await mkdir(path.join(out, 'a'));
  expect(await refusal(folder.apply(planned))).toContain(`Cannot write to ${out}: `);
  expect((await readdir(out)).sort()).toEqual(['.mcp-cli-files.json', 'a']);
});

test('a file of over 32 MiB is not read', async () => {
  await writeFile(path.join(out, 'a'), '');
  await truncate(path.join(out, 'a'), 32 * 1024 * 1024 + 1);
  expect(await refusal(mirror({ a: '1' }))).toContain('a is too large to compare');
});

test('a folder that is not there is made; the plan alone makes nothing', async () => {
  await rm(out, { recursive: true });
  const folder = await OutputFolder.open(out);
  const planned = await folder.plan(new Map(), { force: false, keep: [], editable: [] });
  expect(planned).toEqual([]);
  expect(existsSync(out)).toBe(false);
  await folder.apply(planned);
  expect(await listed()).toEqual([]);
  await folder.apply(planned);
  await mirror({ 'deep/er/a': '1' });
  expect(await readFile(path.join(out, 'deep/er/a'), 'utf8')).toBe('1');
});

test('what is written back to what it was is ours again', async () => {
  await mirror({ a: '1' });
  await writeFile(path.join(out, 'a'), 'mine');
  const editable = [at('a')];
  expect((await mirror({ a: '2' }, { editable }))[0]?.status).toBe('changed');
  // The list still has the text that a command wrote.
  await writeFile(path.join(out, 'a'), '1');
  expect((await mirror({ a: '2' }, { editable }))[0]?.status).toBe('written');
});

test('a link above a folder is not followed', async () => {
  await mkdir(path.join(out, 'real/b'), { recursive: true });
  await symlink('real', path.join(out, 'a'));
  expect(await refusal(mirror({ 'a/b/c': '1' }))).toContain('a is a link');
  expect(await readdir(path.join(out, 'real/b'))).toEqual([]);
});

test('empty folders go up to the top, and a list that stays is not written again', async () => {
  await mirror({ 'p/q/r': '1', a: '1' });
  await mirror({ a: '1' });
  expect((await readdir(out)).sort()).toEqual(['.mcp-cli-files.json', 'a']);
  const list = path.join(out, '.mcp-cli-files.json');
  const before = await stat(list);
  await mirror({ a: '1' });
  expect((await stat(list)).ino).toBe(before.ino);
});

test('a list whose digest is no text names nothing', async () => {
  await writeFile(path.join(out, '.mcp-cli-files.json'), '{"files":{"other":7}}');
  await writeFile(path.join(out, 'other'), 'mine');
  expect(await mirror({})).toEqual([]);
});
