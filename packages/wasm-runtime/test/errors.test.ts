import { describe, expect, test } from 'vitest';
import { memoryFiles, sharedSandbox } from './workbench.ts';

const files = memoryFiles({
  '/workspace/lib.ts': `// A comment.
export interface Shape { side: number }

export function area(shape: Shape): number {
  if (shape.side < 0) throw new RangeError('negative');
  return shape.side ** 2;
}
`,
  '/workspace/broken.ts': 'export const a = 1;\n\nlet b = ;\n',
  '/workspace/broken.json': '{\n  "a": 1,\n}',
  '/workspace/star.ts': 'export * from "./lib.ts";',
  '/mcp-tools/servers/github/index.ts': 'export { search_issues } from "./search_issues.ts";',
  '/mcp-tools/servers/github/search_issues.ts': `export async function search_issues(query: string) {
  await null;
  throw new Error('no ' + query);
}`,
});
const { error } = sharedSandbox({ files });

/** The frames of the stack, without the line that repeats name and message. */
const frames = (stack: string, message: string) =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim());

describe('a stack points to the agent’s own file, line and column', () => {
  test('through nested functions', async () => {
    const { message, stack } = await error(`interface Unused { a: number }

const inner = (x: number) => {
    throw new TypeError('deep');
};
class Outer {
  run<T>(x: T) {
    return inner(x as number);
  }
}
export default function main() { return new Outer().run(1); }`);
    expect(frames(stack, message)).toEqual([
      'at inner (program.ts:4:11)',
      'at run (program.ts:8:12)',
      'at main (program.ts:11:53)',
    ]);
  });

  test.each([
    ['at the top', '\n  throw new Error("x")', 'program.ts:2:9'],
    ['after await', 'await null;\n\n   throw new Error("x")', 'program.ts:3:10'],
    ['after awaiting a call', 'await sleep(1);\nnull.x', 'program.ts:2:1'],
    [
      'in an async function',
      'const f = async () => {\n await null;\n throw new Error("x") };\nexport default f',
      'program.ts:3:8',
    ],
    [
      'in a timer',
      'setTimeout(() => {\n  throw new Error("x")\n}, 1);\nawait sleep(50)',
      'program.ts:2:9',
    ],
    [
      'in an interval',
      'setInterval(() => {\n  throw new Error("x")\n}, 1);\nawait sleep(50)',
      'program.ts:2:9',
    ],
    [
      'in a promise job',
      'await Promise.resolve().then(() => {\n  undefined.x })',
      'program.ts:2:3',
    ],
    [
      'in a snippet',
      'const a: number = 1;\nif (a) throw new Error("x");\nreturn a',
      'program.ts:2:14',
    ],
    [
      'in a snippet after its imports',
      'import { area } from "/workspace/lib.ts";\nconst a: number = area({ side: 1 });\n  throw new Error("x");\nreturn a',
      'program.ts:3:9',
    ],
    [
      'behind characters of two code units',
      'const s = "🎉🎉"; throw new Error(s)',
      'program.ts:1:25',
    ],
    ['behind tabs', '\t\tthrow new Error("x")', 'program.ts:1:9'],
    ['after Windows line ends', 'const a = 1;\r\n\r\nthrow new Error("x")', 'program.ts:3:7'],
    [
      'inside an enum-laden file',
      'enum E { A, B }\nnamespace N { export const x = E.B }\nthrow new Error(String(N.x))',
      'program.ts:3:7',
    ],
    ['in a callback of a built-in', '[1].map(() => {\n  throw new Error("x") })', 'program.ts:2:9'],
    ['of an uncaught tool call', 'const a = 1;\nawait callTool("nobody", "x")', 'program.ts:2:7'],
    [
      'of an uncaught file call',
      'export default async () => {\n  return await readFile("/nope");\n}',
      'program.ts:2:16',
    ],
  ])('%s', async (_, source, place) => {
    const { message, stack } = await error(source);
    expect(frames(stack, message)[0]).toMatch(new RegExp(`[ (]${RegExp.escape(place)}\\)?$`, 'u'));
  });

  test('in an imported file, with the frames of both', async () => {
    const { name, message, stack } = await error(
      'import { area } from "/workspace/lib.ts";\nexport default () => area({ side: -1 });',
    );
    expect({ name, message }).toEqual({ name: 'RangeError', message: 'negative' });
    expect(frames(stack, message)).toEqual([
      'at area (/workspace/lib.ts:5:29)',
      'at program.ts:2:22',
    ]);
  });

  test('in a wrapper, asynchronously', async () => {
    const { message, stack } = await error(
      'import { search_issues } from "./servers/github";\n\nawait search_issues("bugs");',
    );
    expect(frames(stack, message)).toEqual([
      'at search_issues (/mcp-tools/servers/github/search_issues.ts:3:9)',
      'at async program.ts:3:7',
    ]);
  });

  test('under the name that the agent gave the file', async () => {
    const { stack } = await error('throw new Error("x")', { name: '../some where/my-task.ts' });
    expect(stack).toBe('Error: x\n    at ../some where/my-task.ts:1:7');
  });

  test('with at most 20 frames', async () => {
    const { message, stack } = await error(
      'const f = (n) => { if (n === 0) throw new Error("x"); f(n - 1) }; f(100)',
    );
    expect(frames(stack, message)).toHaveLength(20);
  });
});

describe('an error of compilation', () => {
  test('shows file, line, column and the line itself', async () => {
    expect(await error('const a = 1;\n  const b = (2;\n')).toEqual({
      name: 'SyntaxError',
      code: 'SYNTAX',
      message: expect.stringMatching(/ \(program\.ts:2:15\)\n {4}const b = \(2;\n {16}\^$/u),
      stack: expect.stringContaining('program.ts:2:15'),
    });
  });

  test.each([
    ['a name declared twice', 'let a = 1;\nlet a = 2;', 'SYNTAX', 'program.ts:2:5'],
    [
      'a name declared twice in a snippet',
      'let a = 1;\nlet a = 2;\nreturn a',
      'SYNTAX',
      'program.ts:2:5',
    ],
    ['break outside a loop', 'if (true) {\n  break;\n}', 'SYNTAX', 'program.ts:2:3'],
    ['an undeclared private name', 'class A { m() { this.#y } }', 'SYNTAX', 'program.ts:1:22'],
    ['an assignment to a constant', 'const x = 1;\n  x = 2;', 'SYNTAX', 'program.ts:2:3'],
    [
      'an assignment to a constant in a snippet',
      'const x = 1;\n  x = 2;\nreturn x',
      'SYNTAX',
      'program.ts:2:3',
    ],
    [
      'an assignment to an import',
      'import { area } from "/workspace/lib.ts";\n area = 5;',
      'SYNTAX',
      'program.ts:2:2',
    ],
    ['import.meta', 'const a = 1;\nconst u = import.meta.url;', 'SYNTAX', 'program.ts:2:11'],
    ['an imported file', 'import "/workspace/broken.ts"', 'SYNTAX', '/workspace/broken.ts:3:9'],
    [
      'imported JSON',
      'import a from "/workspace/broken.json"; console.log(a)',
      'SYNTAX',
      '/workspace/broken.json:3:1',
    ],
    [
      'an unknown export behind export *',
      'import { nope } from "/workspace/star.ts"; nope()',
      'UNKNOWN_IMPORT',
      'program.ts:1:',
    ],
    [
      'a missing default export',
      'import lib from "/workspace/lib.ts"; lib()',
      'UNKNOWN_IMPORT',
      'program.ts:1:8',
    ],
    [
      'an unknown export that is passed on',
      '\nexport { nope } from "/workspace/lib.ts"',
      'UNKNOWN_IMPORT',
      'program.ts:2:10',
    ],
    [
      'an unknown file',
      '// "./nope"\nimport a from "./nope"; a()',
      'UNKNOWN_IMPORT',
      'program.ts:2:15',
    ],
    ['import() of an unknown file', 'await\n import("./nope")', 'UNKNOWN_IMPORT', 'program.ts:2:9'],
    [
      'a path that leaves the root',
      '\nimport a from "../../../etc/passwd"; a()',
      'UNKNOWN_IMPORT',
      'program.ts:2:15',
    ],
    [
      'an encoded path',
      'import a from "/workspace/%2e%2e/x"; a()',
      'UNKNOWN_IMPORT',
      'program.ts:1:15',
    ],
    ['a module of Node', 'import a from "node:fs"; a()', 'UNKNOWN_IMPORT', 'program.ts:1:15'],
    ['a package', 'import a from "lodash"; a()', 'UNKNOWN_IMPORT', 'program.ts:1:15'],
    ['a URL', 'import a from "https://a.example/b.js"; a()', 'UNKNOWN_IMPORT', 'program.ts:1:15'],
    ['a host file', 'import a from "/etc/passwd"; a()', 'UNKNOWN_IMPORT', 'program.ts:1:15'],
    ['our entry', 'import a from "\\0entry"; a()', 'UNKNOWN_IMPORT', 'program.ts:1:15'],
    ['require()', 'const fs = require("fs")', 'UNKNOWN_IMPORT', 'program.ts:1:20'],
  ])('of %s has its place', async (_, source, code, place) => {
    const found = await error(source);
    expect(found.code).toBe(code);
    expect(found.message).toContain(`(${place}`);
    expect(found.message).not.toMatch(
      /Build failed|_ERROR\]|╭|\.\.\/mcp-tools|export default async/u,
    );
  });

  test('of what only the engine refuses has its place', async () => {
    const { name, stack } = await error('const a = 1;\nconst r = /(/;\nexport default r.test("")');
    expect(name).toBe('SyntaxError');
    expect(stack).toContain('at program.ts:2:');
  });

  test('of an unknown export says what there is, and what was meant', async () => {
    const { name, message } = await error(
      'import { search_isues } from "./servers/github"; search_isues()',
    );
    expect(name).toBe('ImportError');
    expect(message).toContain(
      '"./servers/github" has no export named "search_isues" (program.ts:1:10)',
    );
    expect(message).toContain('It exports search_issues. Did you mean "search_issues"?');
  });

  test('of an unknown server says which there are, and what was meant', async () => {
    const { message } = await error('import { x } from "./servers/githb"; x()');
    expect(message).toContain('Cannot import "./servers/githb" (program.ts:1:19)');
    expect(message).toContain('A program can import servers (./servers/github)');
    expect(message).toContain('Did you mean "./servers/github"?');
  });

  test('shows only a part of a very long line', async () => {
    const { message } = await error(`const a = "${'x'.repeat(100_000)}"; let b = ;`);
    expect(message).toContain('(program.ts:1:100023)');
    expect(message.length).toBeLessThan(500);
  });

  test('shows only the beginning of a very long path', async () => {
    const { message } = await error(`import a from "${'x'.repeat(100_000)}"; a()`);
    expect(message.length).toBeLessThan(1000);
  });
});

describe('a hostile error', () => {
  const leaks = /prelude|initializer|sourceURL|\/tmp|\/work\/|node_modules|file:|wasm|\$deliver/u;

  test.each([
    [
      'a forged frame',
      `const e = new Error('x'); e.stack = 'f@program.js:9999:1\\ng@/etc/passwd:1:1\\nh@prelude.js:3:1'; throw e`,
    ],
    [
      'a huge stack',
      `const e = new Error('x'); e.stack = ('@'.repeat(1000) + 'program.js:3:1\\n').repeat(100000); throw e`,
    ],
    [
      'a stack of one endless line',
      `const e = new Error('x'); e.stack = 'a@:1'.repeat(1e6); throw e`,
    ],
    [
      'a stack that is no text',
      `const e = new Error('x'); e.stack = { toString() { throw 1 } }; throw e`,
    ],
    ['a stack that is a symbol', `const e = new Error('x'); e.stack = Symbol('s'); throw e`],
    [
      'a stack that throws',
      `throw Object.defineProperty(new Error('x'), 'stack', { get() { throw new Error('no') } })`,
    ],
    [
      'a stack that is gone',
      `throw Object.defineProperty(new Error('x'), 'stack', { value: undefined })`,
    ],
    [
      'a real one deep in the prelude',
      `throw await readFile(5).catch((e) => Object.assign(new Error('x'), { stack: e.stack }))`,
    ],
  ])('with %s still has its message, and shows nothing of ours', async (_, source) => {
    const { name, message, stack } = await error(source);
    expect({ name, message }).toEqual({ name: 'Error', message: 'x' });
    expect(stack).not.toMatch(leaks);
    expect(stack.length).toBeLessThan(3000);
  });

  test.each([
    ['too much recursion', 'const f = () => f(); f()'],
    ['a wrong argument of ours', 'await readFile(5)'],
    ['a wrong argument of a built-in', 'JSON.parse("{")'],
    ['a timer without a function', 'setTimeout(5)'],
    [
      'a call through several functions of ours',
      'await setState("k", { get a() { throw new Error("x") } })',
    ],
    ['an import()', 'const p = "x"; await import(p)'],
    ['fetch', 'await fetch("http://a.example")'],
    ['code made at run time', 'new Function("throw new Error(1)")()'],
    ['code evaluated', 'eval("\\n\\n  null.x")'],
  ])('because of %s shows nothing of ours', async (_, source) => {
    const { message, stack } = await error(source);
    expect(message + stack).not.toMatch(leaks);
  });

  test.each([
    ['message', `throw new Error('x'.repeat(1e8))`, 8192],
    ['name', `const e = new Error('x'); e.name = 'y'.repeat(1e8); throw e`, 1],
    ['text', `throw 'x'.repeat(1e8)`, 8192],
    ['key', `throw { ['x'.repeat(1e7)]: 1 }`, 8192],
  ])('with a %s of many MB is cut', async (_, source, length) => {
    const found = await error(source);
    expect(found.message).toHaveLength(length);
    expect(found.name.length).toBeLessThanOrEqual(200);
  });

  test.each([
    ['a text', `throw 'no'`, 'Thrown: no'],
    ['nothing', 'throw undefined', 'Thrown: undefined'],
    ['null', 'throw null', 'Thrown: null'],
    ['a number', 'throw 5', 'Thrown: 5'],
    ['a BigInt', 'throw 5n', 'Thrown: 5'],
    ['a symbol', 'throw Symbol("s")', 'Thrown: Symbol(s)'],
    ['an object', 'throw { a: 1 }', 'Thrown: {"a":1}'],
    ['a function', 'throw () => 1', 'Thrown: () => 1'],
    [
      'what cannot be shown',
      'throw { toJSON() { throw 1 } }',
      'Thrown: a value that cannot be shown',
    ],
    [
      'a revoked proxy',
      'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy',
      'Thrown: a value that cannot be shown',
    ],
  ])('that is %s is described', async (_, source, message) => {
    expect(await error(source)).toMatchObject({ name: 'Error', message });
  });

  test('may be of a class of its own', async () => {
    const source =
      'class MyError extends Error { name = "MyError" } throw new MyError("x", { cause: 1 })';
    expect(await error(source)).toMatchObject({ name: 'MyError', message: 'x' });
  });

  test('may be a DOMException', async () => {
    expect(await error('throw new DOMException("x", "DataError")')).toMatchObject({
      name: 'DataError',
      message: 'x',
    });
  });
});
