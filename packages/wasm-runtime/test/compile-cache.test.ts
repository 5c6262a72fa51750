import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadEngine } from '../src/engine.ts';
import { createSandbox, type Program } from '../src/index.ts';
import { ProgramCompiler } from '../src/program-compiler.ts';
import { compilers, memoryFiles } from './workbench.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'compile-cache-'));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const source = "import { two } from '/workspace/lib'; export default (): number => two + 1;";
const lib = { '/workspace/lib.js': 'export const two = 2;' };

/** Compiles as a new process would: with what is on the disk only. */
async function compile(
  text: string,
  { files = memoryFiles(lib), name = 'program.ts', changes = {} } = {},
): Promise<{ program: Program; cached: boolean }> {
  const engine = { ...(await loadEngine()), ...changes };
  const writer = { toModule: never, toComponent: never };
  const before = compilers();
  await using compiler = new ProgramCompiler({ engine, writer, cacheDir });
  const program = await compiler.compile(text, { name, files });
  return { program, cached: compilers() === before };
}
const never = () => Promise.reject(new Error('Nothing is written here.'));

/** All files below the cache's folder. */
async function entries(): Promise<string[]> {
  const names = await readdir(cacheDir, { recursive: true });
  return names.filter((name) => name.includes('.')).map((name) => path.join(cacheDir, name));
}

describe('the cache on the disk', () => {
  test('makes the compile process unnecessary, and gives the same program', async () => {
    const first = await compile(source);
    const second = await compile(source);
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(JSON.stringify(second.program)).toBe(JSON.stringify(first.program));
    expect(Object.isFrozen(second.program)).toBe(true);
    expect(second.program.toPosition(4, 1)).toBe(first.program.toPosition(4, 1));
  });

  test('belongs to a sandbox that names a folder; its programs run', async () => {
    const files = memoryFiles(lib);
    for (const expected of [1, 0]) {
      const before = compilers();
      await using sandbox = await createSandbox({ files, workers: 1, cacheDir });
      expect(await sandbox.run(source)).toMatchObject({ status: 'returned', value: 3 });
      expect(compilers() - before).toBe(expected);
    }
    expect(await entries()).toHaveLength(1);
    await using plain = await createSandbox({ files, workers: 1 });
    await plain.run('export default "another"');
    expect(await entries()).toHaveLength(1);
  });

  test.each<[string, { text?: string } & Parameters<typeof compile>[1]]>([
    ['the source', { text: `${source} ` }],
    ['the name', { name: 'other.ts' }],
    ['the engine', { changes: { digest: 'ab'.repeat(32) } }],
    ['what bundles', { changes: { compiler: 'ab'.repeat(32) } }],
    ['an imported file', { files: memoryFiles({ '/workspace/lib.js': 'export const two = 22;' }) }],
    [
      'which file an import means',
      { files: memoryFiles({ ...lib, '/workspace/lib.ts': 'export const two: number = 2' }) },
    ],
  ])('is not used when %s is another', async (_, { text = source, ...options }) => {
    await compile(source);
    expect(await compile(text, options)).toMatchObject({ cached: false });
    expect(await compile(text, options)).toMatchObject({ cached: true });
  });

  test('is not used when an imported file is gone', async () => {
    await compile(source);
    await expect(compile(source, { files: memoryFiles() })).rejects.toMatchObject({
      code: 'UNKNOWN_IMPORT',
    });
  });

  test('keeps no program that failed', async () => {
    await expect(compile('let a = ;')).rejects.toMatchObject({ code: 'SYNTAX' });
    expect(await entries()).toEqual([]);
  });

  test.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (bytes) => bytes.subarray(0, -1)],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['changed at its start', (bytes) => bytes.fill(1, 0, 4)],
    ['changed in a character', (bytes) => bytes.fill('9', bytes.length - 3, bytes.length - 2)],
    ['zeros, as after a lost write', (bytes) => Buffer.alloc(bytes.length)],
    ['another file', () => Buffer.from('export default "evil"')],
    ['a foreign module', () => Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
  ])('replaces an entry that is %s', async (_, damage) => {
    const { program } = await compile(source);
    const [file = ''] = await entries();
    const good = await readFile(file);
    await writeFile(file, damage(Buffer.from(good)));
    const again = await compile(source);
    expect(again.cached).toBe(false);
    expect(JSON.stringify(again.program)).toBe(JSON.stringify(program));
    expect(await readFile(file)).toEqual(good);
  });

  test('fails nothing when the disk does', async () => {
    for (const nowhere of ['/dev/null/cache', '/sys/no-such-folder/cache']) {
      await using sandbox = await createSandbox({ workers: 1, cacheDir: nowhere });
      expect(await sandbox.run('return 5')).toMatchObject({ status: 'returned', value: 5 });
    }
  });

  test('is shared by processes that compile the same programs at the same time', async () => {
    const script = path.join(import.meta.dirname, 'fixtures/compile-cached.ts');
    const outputs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, [script, cacheDir], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        return (await child.stdout.toArray()).join('');
      }),
    );
    const [first = ''] = outputs;
    expect(JSON.parse(first)).toHaveLength(8);
    expect(new Set(outputs).size).toBe(1);
    expect(await entries()).toHaveLength(8);
  });
});

test('the cache in memory notices another file behind an import', async () => {
  const files = memoryFiles(lib);
  await using sandbox = await createSandbox({ files, workers: 1 });
  const first = await sandbox.compile(source);
  expect(await sandbox.compile(source)).toBe(first);
  files.files.set('/workspace/lib.ts', 'export const two: number = 20;');
  expect(await sandbox.run(source)).toMatchObject({ value: 21 });
});
