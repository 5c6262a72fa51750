/** Programs that are made to hurt: the check ends, says so, and the next program is checked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseVfsPath, SandboxError } from '@org/core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createChecker, describeDiagnostics } from '../src/index.ts';
import { bareFiles } from './bare-files.ts';
import { endless } from './endless.ts';
import { brief, sharedChecker } from './workbench.ts';

const { check, files } = sharedChecker(bareFiles);

async function expectAlive(): Promise<void> {
  expect(brief(await check('const n: number = "a"; export {}'))).toEqual(['1:7 error TS2322']);
}

test('a check that takes too long is given up, and the run may go on', async () => {
  await using checker = createChecker({ files: files(), deadlineMs: 500 });
  const result = await checker.check(endless);
  expect(result).toMatchObject({
    ok: true,
    diagnostics: [
      {
        severity: 'warning',
        code: 'NOT_CHECKED',
        message: expect.stringContaining('takes over 500 ms'),
      },
    ],
  });
  // What is shown of the program is bounded as well.
  expect(describeDiagnostics(result, 'a.ts').length).toBeLessThan(1_000);
});

test('waiting for files is no work', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const slow = bareFiles();
  await slow.writeFile(parseVfsPath('/workspace/a.ts'), 'export const a = 1;');
  await using checker = createChecker({
    files: {
      ...slow,
      readFile: async (file) => {
        if (file === '/workspace/a.ts') vi.advanceTimersByTime(60_000);
        return slow.readFile(file);
      },
    },
  });
  const result = await checker.check(`import { a } from '/workspace/a';\nreturn a.b;`);
  expect(brief(result)).toEqual(['2:10 error TS2339']);
});

test.for<[what: string, source: string]>([
  ['nested parentheses', `export default ${'('.repeat(500_000)}1${')'.repeat(500_000)}`],
  ['nested types', `type A = ${'('.repeat(500_000)}1${')'.repeat(500_000)}; export {}`],
  ['nested arrays', `export default ${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ['too many characters', 'x'.repeat(10_000_000)],
])('%s end no more than the check', async ([, source]) => {
  await using checker = createChecker({ files: files(), deadlineMs: 3_000 });
  const result = await checker.check(source);
  expect(result.ok).toBe(true);
  expect(result.diagnostics.map(({ code }) => code)).toEqual(['NOT_CHECKED']);
  const next = createChecker({ files: files(), deadlineMs: 30_000 });
  expect((await next.check('const n: number = "a"; export {}')).ok).toBe(false);
  await next[Symbol.asyncDispose]();
});

test.for<[what: string, source: string]>([
  [
    'a type without an end',
    `type F<A> = { a: F<[A]> }; declare let a: F<1>; declare let b: F<2>; a = b; const c: string = a; export {}`,
  ],
  [
    'a conditional type that recurs',
    `type G<N extends 1[]> = G<[...N, 1]>; const a: G<[]> = 1; export {}`,
  ],
  [
    'a union of products',
    `type D='0'|'1'|'2'|'3'|'4'|'5'|'6'|'7'|'8'|'9'; const a: \`\${D}\${D}\${D}\${D}\${D}\${D}\` = ''; export {}`,
  ],
  ['a file that imports itself', `export * from './program'; export const a: string = 1;`],
  [
    'names of prototypes',
    `import { __proto__ as a, constructor as b } from './servers/__proto__'; export default [a, b];`,
  ],
  ['thousands of errors', `${'a1;'.repeat(20_000)}export {}`],
  ['text that looks like the protocol', 'Content-Length: 5\r\n\r\n{"id":1}'],
  ['nulls', `export default '\u0000'; const a: number = '';`],
])('%s ends', async ([, source]) => {
  const result = await check(source);
  expect(result.diagnostics.length).toBeGreaterThan(0);
  expect(result.diagnostics.length).toBeLessThanOrEqual(100);
  for (const { line, column, length } of result.diagnostics) {
    expect(Math.min(line, column, length)).toBeGreaterThan(0);
  }
  await expectAlive();
});

test('a program with lone surrogates is checked: the compiler never answers where it gets one', async () => {
  const source = `// \u{1f600}\ud800\nexport const a: '\udc00' = 'b';`;
  expect(brief(await check(source))).toEqual(['2:14 error TS2322']);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'canary-'));
  writeFileSync(path.join(folder, 'canary.ts'), 'export const canary = "found-it";');
  writeFileSync(path.join(folder, 'canary.d.ts'), 'declare const canaryGlobal: "found-it";');
  writeFileSync(path.join(folder, 'tsconfig.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a long line with many errors is not told a hundred times in full', async () => {
  const result = await check(`${'a1;'.repeat(300)}const x = '${'x'.repeat(500_000)}'; export {}`);
  expect(result.diagnostics).toHaveLength(100);
  expect(JSON.stringify(result).length).toBeLessThan(100_000);
});

test('no file of the host is read, however it is named', async () => {
  const up = '../'.repeat(10);
  const source = `/// <reference path="${folder}/canary.d.ts" />
/// <reference path="${up}${folder.slice(1)}/canary.d.ts" />
/// <reference types="node" />
/// <reference types="${folder}/canary" />
/// <reference lib="dom" />
import { canary } from '${folder}/canary';
import { canary as second } from '${up}${folder.slice(1)}/canary.ts';
import third from 'typescript';
import passwd from '/etc/passwd';
export type { SpawnOptions } from 'node:child_process';
export default [canary, second, third, passwd, canaryGlobal, document, process];`;
  const { diagnostics } = await check(source);
  expect(JSON.stringify(diagnostics)).not.toContain('found-it');
  const lines = diagnostics.filter(({ severity }) => severity === 'error').map(({ line }) => line);
  expect(new Set(lines)).toEqual(new Set([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]));
  expect(lines.filter((line) => line === 11)).toHaveLength(3);
});

test('configuration in the workspace changes nothing', async () => {
  for (const name of ['tsconfig.json', 'package.json', 'node_modules/dep/index.ts']) {
    const text = name.endsWith('.ts')
      ? 'export const dep = 1;'
      : '{"compilerOptions":{"strict":false}}';
    await files().writeFile(parseVfsPath(name), text);
  }
  await files().writeFile(
    parseVfsPath('/workspace/uses.ts'),
    `import { dep } from 'dep'; export const a: string = null; export default dep;`,
  );
  const result = await check(`import a from '/workspace/uses';\nreturn a;`);
  expect(result.diagnostics.map(({ code }) => code)).toEqual(['UNKNOWN_IMPORT', 'TS2322']);
});

test('a server that is down makes its types unknown, and only these', async () => {
  const down = bareFiles();
  const unavailable = new SandboxError('SERVER_UNAVAILABLE', 'The server "x" cannot be reached.');
  const refuse = (file: string) => file.startsWith('/mcp-tools/servers/x');
  await using checker = createChecker({
    files: {
      ...down,
      readFile: async (file) => (refuse(file) ? Promise.reject(unavailable) : down.readFile(file)),
      listFiles: async (file) => {
        if (refuse(file)) throw unavailable;
        return file === '/mcp-tools/servers'
          ? ['x/']
          : file === '/mcp-tools'
            ? ['globals.d.ts', 'servers/']
            : down.listFiles(file);
      },
    },
  });
  const result = await checker.check(
    `import { a } from './servers/x';\nconst n: number = await a();\nreturn docment + n;`,
  );
  expect(brief(result)).toEqual(['1:19 warning SERVER_UNAVAILABLE', '3:8 error TS2304']);
  expect(result.diagnostics[0]?.message).toBe(
    'The types of "./servers/x" are not known: The server "x" cannot be reached.',
  );
});

test('a file system without globals is refused before anything starts', async () => {
  await using checker = createChecker({
    files: {
      ...bareFiles(),
      readFile: async () => {
        throw new SandboxError('FILE_NOT_FOUND', 'No.');
      },
    },
  });
  await expect(checker.check('return 1')).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('generateGlobals()'),
  });
});
