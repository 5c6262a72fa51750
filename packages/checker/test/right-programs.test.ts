/** Programs that run must be clean: those of the repository, and each global of the guest. */
import { readFileSync } from 'node:fs';
import { instead, parseVfsPath } from '@org/core';
import { expect, test } from 'vitest';
import { brief, realFiles, sharedChecker } from './workbench.ts';

const { check, files } = sharedChecker(realFiles);
const repository = new URL('../../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, repository), 'utf8');

test("the example's program", async () => {
  expect(brief(await check(read('examples/first-light/agent.ts')))).toEqual([]);
});

/** Programs that examples hold as text; test/docs runs those of the pages. */
test.for(['examples/compile/compile.ts', 'examples/embed/embed.ts'])(
  'the programs in %s',
  async (name) => {
    const texts = read(name).matchAll(/`(\s*(?:import|const|export)[^`]*export default[^`]*)`/gu);
    const programs = Array.from(texts, ([, one = '']) => one);
    expect(programs.length).toBeGreaterThan(0);
    for (const program of programs) expect(brief(await check(program)), program).toEqual([]);
  },
);

test.for<[what: string, source: string, name?: string]>([
  ['nothing', ''],
  ['a bare value', 'export default 6 * 7'],
  [
    'a snippet with imports, await and return',
    `#!/usr/bin/env mcp-cli
import { read_text_file } from './servers/files';
type Result = Awaited<ReturnType<typeof read_text_file>>;
const result: Result = await read_text_file({ path: 'a' });
if (result.content === '') return null;
return result.content.split('\\n').length;`,
  ],
  [
    'an import after code',
    `const path = 'a';\nimport { read_file } from './servers/files';\nreturn await read_file({ path });`,
  ],
  [
    'a namespace, an absolute path, a .js ending',
    `import * as a from '/mcp-tools/servers/files';
import { echo } from './servers/everything/index.js';
import { echo as other } from './servers/everything/echo.ts';
export default async () => [await a.read_file({ path: 'a' }), await echo({ message: 'a' }), other];`,
  ],
  [
    'what the run gives: any parameter of a function',
    'export default ({ n, list }) => list.map((one) => one.name + n)',
  ],
  [
    'an error that is caught',
    `try { await readFile('a'); } catch (error) { return [error.code, error.message, error.retryable]; }`,
  ],
  [
    'names that are looked for',
    `return [typeof window, typeof process === 'undefined' ? 1 : 2, typeof require]`,
  ],
  [
    'what TypeScript has beside JavaScript',
    `enum Color { Red = 'red' }\nnamespace A { export const b = 1; }\nclass C { constructor(readonly d: number) {} }\nexport default (): [Color, number] => [Color.Red, A.b + new C(1).d] satisfies [Color, number];`,
  ],
  [
    'lists that grow',
    'const all = []; for (const n of [1, 2]) all.push({ n });\nlet nested = []; nested = [nested];\nconst byName = {};\nfor (const [k, v] of [["a", 1]] as const) byName[k] = (byName[k] ?? 0) + v;\nreturn [all.map(({ n }) => n), nested, byName];',
  ],
  [
    'using',
    `await using a = { async [Symbol.asyncDispose]() {} };\nusing b = { [Symbol.dispose]() {} };\nreturn [a, b].length`,
  ],
  [
    'locale functions',
    `return [(1.5).toLocaleString('en-US', { style: 'percent' }), new Date().toLocaleDateString('en-US', { month: 'long' }), ['b'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))]`,
  ],
  [
    'unused names, unreachable code, labels',
    `const a = 1; function b() { return 1; b(); }\nout: for (;;) { break out; }\nexport {}`,
  ],
  [
    'own names that are those of globals',
    `const log = 1; const sleep = 2; const name = 3; const args = [4]; export default [log, sleep, name, args]`,
  ],
  [
    'JavaScript',
    `import { get_sum } from './servers/everything';
const out = {};
out.total = 1;
let list = [];
list.push({ a: 1 });
function add(a, b) { return a + (b ?? 0); }
class Box { constructor(value) { this.value = value; } }
const box = new Box(1);
box.extra = 2;
export default async (options) => {
  const sum = await get_sum({ a: add(1), b: options.b });
  return [sum.total, box.value, box.extra, list[0].a, new Date() - 0, 'x'.match(/x/)[0]];
};`,
    'program.js',
  ],
])('%s', async ([, source, name]) => {
  const result = await check(source, name);
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (name === undefined) expect(brief(result)).toEqual([]);
});

test('files of the workspace: modules, JSON, JavaScript', async () => {
  const write = (name: string, text: string) => files().writeFile(parseVfsPath(name), text);
  await write('/workspace/a.ts', `export { b } from './lib/b.js';\nexport type A = number;`);
  await write('/workspace/lib/b.ts', 'export const b = 1;');
  await write('/workspace/data.json', '{ "rows": [1, 2] }');
  await write('/workspace/old.js', 'export const old = (x) => x.y;');
  const source = `import { b, type A } from '/workspace/a';
import data from '/workspace/data.json';
import { old } from '/workspace/old.js';
const a: A = b;
return [a, data.rows.length, old({ y: 1 })];`;
  expect(brief(await check(source))).toEqual([]);
  await write('/workspace/data.json', '{ "columns": [] }');
  await write('/workspace/lib/b.ts', "export const b = 'one';");
  expect(brief(await check(source))).toEqual(['4:7 error TS2322', '5:17 error TS2339']);
});

test('a file that is written after a check is found by the next one', async () => {
  const source = `import { late } from '/workspace/late';\nreturn late;`;
  expect(brief(await check(source))).toEqual(['1:22 error UNKNOWN_IMPORT']);
  await files().writeFile(parseVfsPath('/workspace/late.ts'), 'export const late = 1;');
  expect(brief(await check(source))).toEqual([]);
});

/** Rows of a table of docs/guest.md: a name, and names of its properties. */
function guestNames(): { name: string; own: string[]; members: string[] }[] {
  const rows = read('docs/guest.md').matchAll(
    /^\| `(\w+)` \| ((?:`\w+` ?)*) \| ((?:`\w+` ?)*) \|$/gmu,
  );
  const names = (cell = '') => Array.from(cell.matchAll(/`(\w+)`/gu), ([, name = '']) => name);
  return Array.from(rows, ([, name = '', own, members]) => ({
    name,
    own: names(own),
    members: names(members),
  }));
}

test('everything that docs/guest.md lists has a type', async () => {
  const rows = guestNames().filter(({ name }) => !['TypedArray', 'fetch'].includes(name));
  expect(rows.length).toBeGreaterThan(80);
  const lines = rows.flatMap(({ name, own, members }) => [
    `void ${name};`,
    ...own.filter((one) => one !== 'captureStackTrace').map((one) => `void ${name}.${one};`),
    ...(/^[A-Z]/u.test(name) &&
    !['Infinity', 'NaN', 'JSON', 'Math', 'Reflect', 'Proxy'].includes(name)
      ? members.map(
          (one) => `{ const x = null as unknown as ${withArguments(name)}; void x.${one}; }`,
        )
      : []),
  ]);
  const result = await check(`${lines.join('\n')}\nexport {};`);
  expect(result.diagnostics.map(({ message, sourceLine }) => `${sourceLine} ${message}`)).toEqual(
    [],
  );
});

function withArguments(name: string): string {
  if (['Map', 'WeakMap'].includes(name)) return `${name}<object, unknown>`;
  const generic = [
    'Array',
    'Set',
    'WeakSet',
    'WeakRef',
    'Promise',
    'FinalizationRegistry',
    'Iterator',
  ];
  return generic.includes(name) ? `${name === 'Iterator' ? 'IteratorObject' : name}<any>` : name;
}

test('everything that docs/guest.md says is not there is an error with a hint', async () => {
  for (const [name, remedy] of Object.entries(instead)) {
    const { diagnostics } = await check(`const it = ${name};\nexport default it;`);
    expect(diagnostics, name).toMatchObject([
      {
        severity: 'error',
        message: `Cannot find name '${name}'.`,
        hint: `The sandbox has no ${name}: ${remedy}`,
      },
    ]);
  }
});
