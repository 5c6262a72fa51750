/** What agents write that is wrong, against the wrappers of real servers. */

import { parseVfsPath } from '@org/core';
import { beforeAll, expect, test } from 'vitest';
import { brief, realFiles, sharedChecker } from './workbench.ts';

const { check, files } = sharedChecker(realFiles);
beforeAll(async () => {
  const text = 'export interface Result { content: string }';
  await files().writeFile(parseVfsPath('/workspace/result.ts'), text);
});

const readTextFile =
  'read_text_file(params: { path: string; tail?: number; head?: number; }): Promise<{ content: string }>';
const noTypes = expect.not.stringMatching(/@types|npm i|tsconfig|'lib' compiler option/u);

interface Expected {
  readonly at: string;
  readonly message: string | RegExp;
  readonly hint?: RegExp;
  readonly signature?: string | RegExp;
}

test.for<[what: string, source: string, expected: Expected]>([
  [
    'a tool that the server does not have',
    `import { read_fle } from './servers/files';
export default () => read_fle({ path: 'a' });`,
    {
      at: '1:10 error TS2724',
      message: /Did you mean 'read_file'/u,
      hint: /It exports .*write_file/u,
    },
  ],
  [
    'a tool with a name like no other',
    `import { frobnicate } from './servers/files';
export default frobnicate;`,
    { at: '1:10 error TS2305', message: /no exported member 'frobnicate'/u, hint: /It exports / },
  ],
  [
    'a server that is not configured',
    `import { read_file } from './servers/fils';
return read_file;`,
    {
      at: '1:27 error UNKNOWN_IMPORT',
      message: 'Cannot import "./servers/fils".',
      hint: /Did you mean "\.\/servers\/files"\?$/u,
    },
  ],
  [
    'a skill that is not there',
    `import { report } from './skills/reports';
return report();`,
    {
      at: '1:24 error UNKNOWN_IMPORT',
      message: 'Cannot import "./skills/reports".',
      hint: /servers/u,
    },
  ],
  [
    'a parameter with a wrong name',
    `import { read_text_file } from './servers/files';
export default async () => (await read_text_file({ file: 'a' })).content;`,
    { at: '2:52 error TS2353', message: /'file' does not exist in type/u, signature: readTextFile },
  ],
  [
    'a parameter of a wrong type',
    `import { read_text_file } from './servers/files';
export default async () => (await read_text_file({ path: 3 })).content;`,
    {
      at: '2:52 error TS2322',
      message: "Type 'number' is not assignable to type 'string'.",
      signature: readTextFile,
    },
  ],
  [
    'a required parameter that is missing',
    `import { get_sum } from './servers/everything';
return await get_sum({ a: 1 });`,
    {
      at: '2:22 error TS2741',
      message: /Property 'b' is missing/u,
      signature: /^get_sum\(params: \{ a: number; b: number; \}\)/u,
    },
  ],
  [
    'no parameters at all',
    `import * as files from './servers/files';
return await files.read_text_file();`,
    {
      at: '2:20 error TS2554',
      message: 'Expected 1 arguments, but got 0.',
      signature: readTextFile,
    },
  ],
  [
    'a promise that is used as a value',
    `import { read_text_file } from './servers/files';
export default async () => read_text_file({ path: 'a' }).content;`,
    {
      at: '2:58 error TS2339',
      message: /on type 'Promise<\{ content: string; \}>'/u,
      hint: /write await/u,
      signature: readTextFile,
    },
  ],
  [
    'a promise as a condition',
    `import { read_text_file } from './servers/files';
export default async () => {
  const text = read_text_file({ path: 'a' });
  if (text) return 1;
};`,
    {
      at: '4:7 error TS2801',
      message: /always return true/u,
      hint: /write await/u,
      signature: readTextFile,
    },
  ],
  [
    'a property that the result does not have',
    `import { read_text_file } from './servers/files';
const result = await read_text_file({ path: 'a' });
return result.contnt;`,
    {
      at: '3:15 error TS2551',
      message: /Did you mean 'content'/u,
      signature: readTextFile,
    },
  ],
  [
    "a module of Node's",
    `import { readFileSync } from 'node:fs';
return readFileSync('a');`,
    {
      at: '1:30 error UNKNOWN_IMPORT',
      message: 'Cannot import "node:fs".',
      hint: /no fs: use readFile, writeFile/u,
    },
  ],
  [
    'a module of Node without its prefix, and a part of one',
    `import fs from 'fs/promises';
return fs;`,
    { at: '1:16 error UNKNOWN_IMPORT', message: 'Cannot import "fs/promises".', hint: /no fs: / },
  ],
  [
    'a package',
    `import axios from 'axios';
return axios;`,
    { at: '1:19 error UNKNOWN_IMPORT', message: 'Cannot import "axios".', hint: /no network/u },
  ],
  [
    'require',
    `return require('fs')`,
    { at: '1:8 error TS2591', message: "Cannot find name 'require'.", hint: /import at the top/u },
  ],
  [
    'process',
    'return process.env.HOME',
    { at: '1:8 error TS2591', message: "Cannot find name 'process'.", hint: /args/u },
  ],
  [
    'Buffer',
    `return Buffer.from('a')`,
    { at: '1:8 error TS2591', message: "Cannot find name 'Buffer'.", hint: /Uint8Array/u },
  ],
  [
    'document',
    'return document.title',
    { at: '1:8 error TS2584', message: "Cannot find name 'document'.", hint: /no page/u },
  ],
  [
    'fetch',
    `return await fetch('https://example.com')`,
    { at: '1:14 error TS2304', message: "Cannot find name 'fetch'.", hint: /no network/u },
  ],
  [
    'Intl',
    `return new Intl.NumberFormat('de').format(1)`,
    { at: '1:12 error TS2708', message: "Cannot find name 'Intl'.", hint: /toLocaleString/u },
  ],
  [
    'a global that is misspelt',
    'consol.log(1); export {}',
    { at: '1:1 error TS2552', message: /Did you mean 'console'/u },
  ],
  [
    'a name that nothing declares',
    'return await read_text_file({ path: "a" })',
    { at: '1:14 error TS2304', message: /'read_text_file'/u, hint: /imported from \.\/servers/u },
  ],
  [
    'a property of a global',
    'return crypto.randomUuid()',
    { at: '1:15 error TS2551', message: /Did you mean 'randomUUID'/u },
  ],
  [
    'a method of a text',
    `return 'a'.contains('b')`,
    { at: '1:12 error TS2339', message: /'contains'/u },
  ],
  [
    'what the language does not have in the sandbox',
    'return new SharedArrayBuffer(1)',
    { at: '1:12 error TS2583', message: /SharedArrayBuffer/u, hint: /use ArrayBuffer/u },
  ],
  [
    'a type that is imported as a value',
    `import { Result } from '/workspace/result.ts';
const result: Result = { content: '' };
export default result;`,
    {
      at: '1:10 error TS1484',
      message: /type-only import/u,
      hint: /^Write import \{ type Result \}\.$/u,
    },
  ],
  [
    'import.meta',
    'export default import.meta.url',
    { at: '1:16 error SYNTAX', message: 'import.meta is not available in the sandbox.' },
  ],
  [
    'a decorator',
    'const d = (...all: any[]) => {}; @d class A {}; export default A',
    { at: '1:34 error SYNTAX', message: 'The engine has no decorators.', hint: /Call/u },
  ],
  ['a syntax error', 'const a = ;', { at: '1:11 error TS1109', message: 'Expression expected.' }],
])('%s is an error', async ([, source, { at, message, hint, signature }]) => {
  const result = await check(source);
  expect(brief(result)).toEqual([at]);
  expect(result.ok).toBe(false);
  const text = (wanted: string | RegExp) =>
    typeof wanted === 'string' ? wanted : expect.stringMatching(wanted);
  const [diagnostic] = result.diagnostics;
  expect(diagnostic).toMatchObject({
    message: text(message),
    sourceLine: source.split('\n')[Number(at.split(':')[0]) - 1],
  });
  expect(diagnostic?.hint).toEqual(hint === undefined ? undefined : text(hint));
  expect(diagnostic?.signature).toEqual(signature === undefined ? undefined : text(signature));
  expect(diagnostic?.message).toEqual(noTypes);
});

test('a program in JavaScript has the same errors in what it calls', async () => {
  const source = `import { read_text_file } from './servers/files';
export default async () => (await read_text_file({ pth: 'a' })).contnt + docment;`;
  expect(brief(await check(source, 'program.js'))).toEqual([
    '2:52 error TS2561',
    '2:65 error TS2551',
    '2:74 error TS2304',
  ]);
  const params = `import { get_sum } from './servers/everything';
export default () => [get_sum({ a: 1 }), get_sum({ a: 'x', b: 1 })];`;
  expect(brief(await check(params, 'program.js'))).toEqual([
    '2:31 error TS2741',
    '2:52 error TS2322',
  ]);
  expect(brief(await check('const a: number = 1', 'a.js'))).toEqual(['1:10 error TS8010']);
});

test('errors in a module of the program are told with its path', async () => {
  await files().writeFile(
    parseVfsPath('/workspace/lib/add.ts'),
    'export const add = (a: number) => a.foo;',
  );
  const result = await check(`import { add } from '/workspace/lib/add';\nreturn add('1');`);
  expect(result.diagnostics).toMatchObject([
    { line: 2, code: 'TS2345' },
    { file: '/workspace/lib/add.ts', line: 1, column: 37, code: 'TS2339' },
  ]);
});

test('of many errors the first hundred are told, and the rest is counted', async () => {
  for (const count of [150, 1_000]) {
    const result = await check(`${'a1;\n'.repeat(count)}export {}`);
    expect(result.diagnostics).toHaveLength(100);
    expect(result.omitted).toBe(count - 100);
  }
});
