import { describe, expect, test } from 'vitest';
import { memoryFiles, sharedSandbox } from './workbench.ts';

const files = memoryFiles({
  '/workspace/lib.ts':
    'export const two = 2; export const half = (n) => n / 2; export default "lib";',
  '/workspace/more.ts':
    'export * from "./lib.ts"; export * from "./loop.ts"; export const more = 3;',
  '/workspace/loop.ts': 'export * from "./more.ts"; export const loop = 4;',
  '/workspace/data.ts': 'export const a = 1; export const b = 2;',
  '/mcp-tools/servers/demo/index.ts':
    'export { echo } from "./echo.ts"; export { unused } from "./unused.ts";',
  '/mcp-tools/servers/demo/echo.ts': 'export const echo = (x: unknown) => [x];',
  '/mcp-tools/servers/demo/unused.ts': 'globalThis.leaked = true; export const unused = 1;',
});
const shared = sharedSandbox({ files });
const { value, error, run } = shared;

describe('entry picks the export that is the result', () => {
  test.each([
    ['a value', 'export const x = 5; export default 1', 'x', 5],
    ['a function, called with args', 'export const f = (a: { n: number }) => a.n + 1', 'f', 8],
    [
      'a function declaration',
      'export default 1; export async function g({ n }) { return n }',
      'g',
      7,
    ],
    ['the default export by name', 'export default 5', 'default', 5],
    ['the result of a snippet', 'return 5', 'default', 5],
    ['a binding that changes later', 'export let x = 1; await 1; x = 5', 'x', 5],
    ['a renamed export', 'const x = 5; export { x as y }', 'y', 5],
    ['a name that is no identifier', 'const x = 5; export { x as "a b" }', 'a b', 5],
    ['a name from Object.prototype', 'export const toString = 5', 'toString', 5],
    ['__proto__', 'const x = 5; export { x as __proto__ }', '__proto__', 5],
    ['constructor', 'const x = 5; export { x as constructor }', 'constructor', 5],
    ['a re-export', 'export { two } from "/workspace/lib.ts"', 'two', 2],
    ['one of a star', 'export * from "/workspace/lib.ts"', 'half', 3.5],
    ['one of stars in a cycle', 'export * from "/workspace/more.ts"', 'loop', 4],
    ['a namespace', 'export * as all from "/workspace/data.ts"', 'all', { a: 1, b: 2 }],
    ['a wrapper', 'export { echo } from "./servers/demo"', 'echo', [{ n: 7 }]],
    ['an enum', 'export enum E { A = 1 }', 'E', { 1: 'A', A: 1 }],
  ])('%s', async (_, source, entry, expected) => {
    const args = entry === 'half' ? 7 : { n: 7 };
    expect(await value(source, { entry, args })).toEqual(expected);
  });

  test('the others are not called', async () => {
    const source = `export const a = () => console.log('a'); export default () => console.log('d');`;
    const outcome = await run(source, { entry: 'a' });
    expect(outcome.logs.map(({ message }) => message)).toEqual(['a']);
  });

  test('a wrapper that is not exported stays out', async () => {
    const source =
      'export { echo } from "./servers/demo"; export default globalThis.leaked ?? "no"';
    expect(await value(source)).toBe('no');
  });
});

describe('an entry that is not there', () => {
  test.each([
    [
      'misspelt',
      'export const report = 1; export default 2',
      'reprot',
      'report, default. Did you mean "report"?',
    ],
    ['default', 'export const x = 1', 'default', 'It exports x.'],
    ['of a snippet', 'return 1', 'main', 'It exports default.'],
    ['of nothing', '', 'main', 'It exports nothing.'],
    [
      'a type',
      'export interface A {} export type B = 1; export declare const c: 1;',
      'A',
      'nothing',
    ],
    ['from Object.prototype', 'export default 1', 'toString', 'It exports default.'],
    ['__proto__', 'export default 1', '__proto__', 'It exports default.'],
    ['a default behind a star', 'export * from "/workspace/lib.ts"', 'default', 'two, half.'],
    ['empty', 'export default 1', '', 'It exports default.'],
  ])('%s is told before anything runs', async (_, source, entry, hint) => {
    const outcome = await run(source, { entry, name: 'mine.ts' });
    expect(outcome).toMatchObject({
      status: 'threw',
      error: { name: 'ExportError', code: 'NO_RESULT' },
      usage: { fuel: 0 },
    });
    const { message } = (outcome as { error: { message: string } }).error;
    expect(message).toContain(`mine.ts has no export named ${JSON.stringify(entry)}.`);
    expect(message).toContain(hint);
  });

  test('names that are no identifiers are quoted', async () => {
    const source = 'const x = 1; export { x as "a\\n\\u001b[31mb" }';
    const { message } = await error(source, { entry: 'other' });
    expect(message).toContain('It exports "a\\n\\u001b[31mb".');
  });

  test('the list is cut where it is long', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `name${index}`);
    const source = names.map((name) => `export const ${name} = 1;`).join('');
    expect((await error(source, { entry: 'other' })).message).toMatch(/name29 and 10 more\.$/u);
  });
});

test('Program.exports lists what can be an entry', async () => {
  const program = await shared.sandbox.compile(
    'export * from "/workspace/more.ts"; export default 1; export type T = 1; export const a = 1',
  );
  expect([...program.exports].sort()).toEqual(['a', 'default', 'half', 'loop', 'more', 'two']);
});
