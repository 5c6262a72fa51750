import { type FileSystem, parseVfsPath, SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { createChecker, type VerdictStore } from '../src/index.ts';
import { bareFiles } from './bare-files.ts';
import { descendants } from './processes.ts';

function memoryStore(): VerdictStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    read: async (key) => kept.get(key),
    write: (key, bytes) => void kept.set(key, bytes),
  };
}

/** Checks as a new process would. */
async function check(
  source: string,
  { files = bareFiles() as FileSystem, store = memoryStore(), edition = 'a', name = 'p.ts' } = {},
) {
  const verdicts = { store, edition };
  await using checker = createChecker({ files, deadlineMs: 30_000, verdicts });
  const before = descendants(process.pid).length;
  const { diagnostics } = await checker.check(source, { name });
  const compiled = descendants(process.pid).length > before;
  return { codes: diagnostics.map(({ code }) => code), compiled };
}

const faultless = { codes: [], compiled: false };
const lib = parseVfsPath('/workspace/lib.ts');
const program = "import { one } from '/workspace/lib'; export default one.toFixed(1)";

async function withLib(text: string): Promise<FileSystem> {
  const files = bareFiles();
  await files.writeFile(lib, text);
  return files;
}

test('a faultless program is not compiled again by the next process', async () => {
  const store = memoryStore();
  expect(await check('export default 1', { store })).toEqual({ codes: [], compiled: true });
  expect(await check('export default 1', { store })).toEqual(faultless);
});

test.each([
  ['another source', 'export default 2', {}],
  ['another language', 'export default 1', { name: 'p.js' }],
  ['another edition of the code that checks', 'export default 1', { edition: 'b' }],
])('%s is checked', async (_, source, changes) => {
  const store = memoryStore();
  await check('export default 1', { store });
  expect((await check(source, { store, ...changes })).compiled).toBe(true);
});

test('a file that the program imports and that has changed is seen, and so is its return', async () => {
  const store = memoryStore();
  const good = await withLib('export const one = 1;');
  await check(program, { store, files: good });
  expect(await check(program, { store, files: good })).toEqual(faultless);
  const changed = await withLib("export const one = 'text';");
  expect(await check(program, { store, files: changed })).toEqual({
    codes: ['TS2551'],
    compiled: true,
  });
  const gone = await check(program, { store, files: bareFiles() });
  expect(gone).toEqual({ codes: ['UNKNOWN_IMPORT'], compiled: true });
  expect(await check(program, { store, files: good })).toEqual(faultless);
});

test('a file that comes before the one that was imported is seen', async () => {
  const store = memoryStore();
  const files = bareFiles();
  await files.writeFile(parseVfsPath('/workspace/lib.js'), 'export const one = 1;');
  await check(program, { store, files });
  expect(await check(program, { store, files })).toEqual(faultless);
  await files.writeFile(lib, "export const one = 'text';");
  expect((await check(program, { store, files })).codes).toEqual(['TS2551']);
});

test('nothing is kept of a program with an error, with a warning, or with a file that cannot be read', async () => {
  const store = memoryStore();
  await check('export default (1).nothing', { store });
  await check('const x: unknown = 1; export default (x as { a?: string }).a.length', { store });
  const down: FileSystem = {
    ...bareFiles(),
    listFiles: async () => {
      throw new SandboxError('SERVER_UNAVAILABLE', 'It is down.');
    },
  };
  await check("import { a } from './servers/x'; export default 1", { store, files: down });
  expect(store.kept.size).toBe(0);
});

test.each(['', '{', '[]', '[[]]', '[["readFile", 1, null]]', '[["open", "/workspace/a", true]]'])(
  'what is kept and is no verdict counts for nothing: %s',
  async (text) => {
    const store = memoryStore();
    await check('export default 1', { store });
    for (const key of store.kept.keys()) store.kept.set(key, Buffer.from(text));
    expect((await check('export default 1', { store })).compiled).toBe(true);
  },
);

test('a verdict that asks for paths outside of the file system of the guest does not hold', async () => {
  const store = memoryStore();
  await check('export default 1', { store });
  const [key = ''] = store.kept.keys();
  for (const path of ['/etc/passwd', '/workspace/../etc/passwd', '/workspace/package.json']) {
    store.kept.set(key, Buffer.from(JSON.stringify([['fileExists', path, false]])));
    expect((await check('export default 1', { store })).compiled).toBe(true);
  }
});
