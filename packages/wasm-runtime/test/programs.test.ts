import { describe, expect, test } from 'vitest';
import { memoryFiles, sharedSandbox } from './workbench.ts';

const files = memoryFiles({
  '/workspace/lib.ts': 'export const two: number = 2; export default "lib";',
  '/workspace/data.json': '{"a":[1,2,3]}',
  '/workspace/side.ts': 'globalThis.sideEffects = (globalThis.sideEffects ?? 0) + 1;',
  '/workspace/folder/index.js': 'export const where = "index";',
  '/workspace/a.ts':
    'import { b } from "./b.ts"; export const a = () => "a" + b(); export const name = "A";',
  '/workspace/b.ts': 'import { name } from "./a.ts"; export const b = () => "b" + name;',
  '/mcp-tools/servers/demo/index.ts':
    'export { echo } from "./echo.ts"; export { unused } from "./unused.ts";',
  '/mcp-tools/servers/demo/echo.ts': 'export const echo = (x: unknown) => x;',
  '/mcp-tools/servers/demo/unused.ts': 'globalThis.leaked = true; export const unused = 1;',
});
const { value, error, run } = sharedSandbox({ files });

describe('the default export is the result', () => {
  test.each([
    ['a value', 'export default 5', 5],
    ['a promise', 'export default Promise.resolve(5)', 5],
    ['a function', 'export default () => 5', 5],
    ['an async function', 'export default async () => { await 1; return 5 }', 5],
    ['a declared function', 'export default function main(args) { return args.x }', 7],
    ['a name', 'const x = 5; export { x as default }', 5],
    ['a binding that changes later', 'let x = 1; export { x as default }; await 1; x = 5', 5],
    ['an imported value', 'export { two as default } from "/workspace/lib.ts"', 2],
    ['nothing', 'const x = 5', null],
    ['other exports only', 'export const x = 5', null],
    ['no text at all', '', null],
    ['a function that returns a function', 'export default () => 1', 1],
  ])('%s', async (_, source, expected) => {
    expect(await value(source, { args: { x: 7 } })).toBe(expected);
  });

  test('a class cannot be called, and the error says so', async () => {
    expect(await error('export default class {}')).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('class constructor'),
    });
  });
});

describe('args', () => {
  test('is the parameter and the global, and {} when there are none', async () => {
    expect(await value('export default (a) => [a, args]', { args: [1] })).toEqual([[1], [1]]);
    expect(await value('export default (a) => [a, args]')).toEqual([{}, {}]);
    expect(await value('export default (a) => a', { args: null })).toEqual({});
    expect(await value('export default (a) => a', { args: 0 })).toBe(0);
  });

  test('keeps __proto__ as data', async () => {
    const args = JSON.parse('{"__proto__":{"polluted":1}}');
    expect(
      await value('export default (a) => [Object.keys(a), {}.polluted ?? 0]', { args }),
    ).toEqual([['__proto__'], 0]);
  });

  test.each([
    ['a BigInt', 5n],
    [
      'a cycle',
      (() => {
        const a: unknown[] = [];
        a.push(a);
        return a;
      })(),
    ],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
  ])('that are %s are refused before the run', async (_, args) => {
    await expect(run('', { args: args as never })).rejects.toMatchObject({
      name: 'SandboxError',
      code: 'USAGE',
    });
  });
});

describe('a snippet with a top-level return', () => {
  test.each([
    ['alone', 'return 5', 5],
    ['with await', 'const x = await Promise.resolve(5); return x', 5],
    ['in a condition', 'if (args.x) { return 7 } return 5', 7],
    ['with imports before', 'import { two } from "/workspace/lib.ts"; return two', 2],
    [
      'with imports after',
      'const f = () => two\nreturn f()\nimport { two } from "/workspace/lib.ts"',
      2,
    ],
    [
      'with an import over several lines',
      'import lib, {\n  two,\n} from "/workspace/lib.ts";\nreturn lib + two',
      'lib2',
    ],
    [
      'with types',
      'const x: number = 5 as const; interface A { b: string }; return x satisfies number',
      5,
    ],
    ['that declares args itself', 'const args = 9; return args', 9],
    ['that ends in a comment', 'return 5 // done', 5],
    ['that ends in a block comment', 'return 5 /* done */', 5],
    ['with a directive', '"use strict"; return 5', 5],
    ['without a value', 'return', null],
    ['with a type import', 'import type { X } from "/workspace/lib.ts"; return 5', 5],
    ['that looks as if it closed the wrapper', 'const s = "}}; evil"; return s', '}}; evil'],
    ['with a hashbang', '#!/usr/bin/env node\nreturn 5', 5],
  ])('%s', async (_, source, expected) => {
    expect(await value(source, { args: { x: 1 } })).toBe(expected);
  });

  test.each([
    ['and exports', 'export const x = 1; return 5', 'program.ts:1:21'],
    ['that tries to close the wrapper', 'return 5 }; globalThis.x = 1; {', 'program.ts:1:10'],
    ['in an imported file', 'import "/workspace/returns.ts"', '/workspace/returns.ts:1:1'],
  ])('%s is a syntax error', async (_, source, place) => {
    files.files.set('/workspace/returns.ts', 'return 5');
    expect(await error(source)).toMatchObject({
      name: 'SyntaxError',
      code: 'SYNTAX',
      message: expect.stringContaining(`(${place})`),
    });
  });
});

describe('a program is strict, as a module is', () => {
  test.each([
    ['a name that is not declared', 'undeclared = 5', 'ReferenceError'],
    ['a property that is read-only', 'Object.freeze([1]).push(2)', 'TypeError'],
    ['a built-in constant', 'undefined = 5', 'TypeError'],
  ])('%s cannot be assigned', async (_, source, name) => {
    expect(await error(source)).toMatchObject({ name });
    expect(await error(`${source}; return 1`)).toMatchObject({ name });
  });

  test('this is undefined at the top and in functions', async () => {
    const source = 'export default [typeof this, typeof (function () { return this })()]';
    expect(await value(source)).toEqual(['undefined', 'undefined']);
  });
});

describe('TypeScript', () => {
  test.each([
    ['enums', 'enum E { A, B = 5, C } export default [E.C, E[5]]', [6, 'B']],
    ['const enums', 'const enum E { A = 3 } export default E.A', 3],
    ['namespaces', 'namespace N { export const x = 5 } export default N.x', 5],
    ['generics', 'const id = <T,>(x: T): T => x; export default id<number>(5)', 5],
    [
      'parameter properties',
      'class A { constructor(public x: number) {} } export default new A(5).x',
      5,
    ],
    [
      'abstract classes and overloads',
      'abstract class A { abstract f(): number; g(x: string): void; g(x: number): void; g() {} } export default typeof A',
      'function',
    ],
    ['assertions and non-null', 'const x = <unknown>5 as number; export default x!', 5],
    [
      'declarations',
      'declare const nothing: string; declare global { var q: number } export default 5',
      5,
    ],
    ['type imports', 'import { type X, two } from "/workspace/lib.ts"; export default two', 2],
    [
      'an unused import that is only a type',
      'import { Missing } from "/workspace/types.ts"; const x: Missing = 5; export default x',
      5,
    ],
  ])('%s', async (_, source, expected) => {
    files.files.set(
      '/workspace/types.ts',
      'export type Missing = number; export interface Other {}',
    );
    expect(await value(source)).toEqual(expected);
  });

  test('is not read in a file named .js', async () => {
    expect(await error('const x: number = 5', { name: 'plain.js' })).toMatchObject({
      code: 'SYNTAX',
      message: expect.stringContaining('(plain.js:1:7)'),
    });
  });
});

describe('imports', () => {
  test.each([
    ['a file', 'import { two } from "/workspace/lib.ts"; export default two', 2],
    ['a file without its suffix', 'import { two } from "/workspace/lib"; export default two', 2],
    ['a TypeScript file as .js', 'import { two } from "/workspace/lib.js"; export default two', 2],
    ['a default export', 'import lib from "/workspace/lib.ts"; export default lib', 'lib'],
    ['everything', 'import * as lib from "/workspace/lib.ts"; export default lib.two', 2],
    ['a folder', 'import { where } from "/workspace/folder"; export default where', 'index'],
    ['JSON', 'import data from "/workspace/data.json"; export default data.a', [1, 2, 3]],
    [
      'a wrapper by its relative path',
      'import { echo } from "./servers/demo"; export default echo(5)',
      5,
    ],
    [
      'a file only for its effect',
      'import "/workspace/side.ts"; import "/workspace/side"; export default globalThis.sideEffects',
      1,
    ],
    ['a cycle', 'import { a } from "/workspace/a.ts"; export default a()', 'abA'],
    ['import() of a fixed path', 'export default (await import("/workspace/lib.ts")).two', 2],
    [
      'a wrapper, without running those beside it',
      'import { echo } from "./servers/demo"; export default echo(globalThis.leaked ?? "no")',
      'no',
    ],
  ])('%s', async (_, source, expected) => {
    expect(await value(source)).toEqual(expected);
  });

  test('a file that was changed is read again', async () => {
    const source = 'import { x } from "/workspace/changing.ts"; export default x';
    files.files.set('/workspace/changing.ts', 'export const x = 1');
    expect(await value(source)).toBe(1);
    files.files.set('/workspace/changing.ts', 'export const x = 2');
    expect(await value(source)).toBe(2);
  });

  test('import() of a computed path fails, and can be caught', async () => {
    const source = `let p = '/workspace/lib.ts'; export default await import(p).catch((e) => [e.code, e.message])`;
    expect(await value(source)).toEqual([
      'UNAVAILABLE_IN_SANDBOX',
      expect.stringContaining('import at the top of the program'),
    ]);
  });

  test('names of ours are free for the program', async () => {
    const source =
      'const $export = 1, program = 2, main = 3, body = 4; export default $export + program + main + body';
    expect(await value(source)).toBe(10);
  });
});
