import { afterAll, describe, expect, test } from 'vitest';
import { createChecker } from '../../checker/src/index.ts';
import { bareFiles } from '../../checker/test/bare-files.ts';
import { literalCalls } from '../src/skills/literal-calls.ts';
import { argumentsOf, splitArgv } from '../src/skills/parameter-flags.ts';
import { programSignature } from '../src/skills/program-parameters.ts';
import { parseSyntax } from '../src/skills/syntax.ts';

const checker = createChecker({ files: bareFiles(), deadlineMs: 30_000 });
afterAll(() => checker[Symbol.asyncDispose]());

const signature = async (text: string) =>
  programSignature(await parseSyntax('program.ts', text), await checker.signature(text));
const parameters = async (text: string) => (await signature(text)).parameters;
const object = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

describe('programSignature()', () => {
  test.for<[string, object]>([
    ['export default () => 1', object({})],
    ['export default 42', object({})],
    ['return 1', object({})],
    [
      'export default (p: { a: string; b?: number; c: boolean | undefined }) => 1',
      object({ a: { type: 'string' }, b: { type: 'number' }, c: { type: 'boolean' } }, ['a']),
    ],
    [
      "type Kind = 'x' | 'y'; interface P { kind: Kind; list: readonly Kind[] }\nconst main = async (p: P) => p;\nexport default main",
      object(
        {
          kind: { type: 'string', enum: ['x', 'y'] },
          list: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
        },
        ['kind', 'list'],
      ),
    ],
    [
      'export default function f({ a = 1, b }) {}',
      object({ a: { type: 'number', default: 1 }, b: {} }, ['b']),
    ],
    [
      "export const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: -1 } } } as const;\nexport default (p: any) => p",
      { type: 'object', properties: { n: { type: 'integer', minimum: -1 } } },
    ],
    [
      'interface A { a: A[] }\nexport default (p: { x: Map<string, A>; y: Record<string, number> }) => 1',
      object({ x: {}, y: { type: 'object', additionalProperties: { type: 'number' } } }, [
        'x',
        'y',
      ]),
    ],
    ["import type { P } from './servers/x';\nexport default (p: P) => 1", {}],
    [
      'interface B { b?: 2 } interface A extends B { a: 1 }\nexport default (p: A) => 1',
      object({ a: { const: 1 }, b: { const: 2 } }, ['a']),
    ],
    [
      'type P<T> = { a: T };\nexport default (p: P<string>) => 1',
      object({ a: { type: 'string' } }, ['a']),
    ],
    ['export default (p: Partial<{ a: string }>) => 1', object({ a: { type: 'string' } })],
  ])('reads the parameters of %s', async ([text, expected]) => {
    expect(await parameters(text)).toEqual(expected);
  });

  test('ends where a type refers to itself without end', async () => {
    const schema = await parameters('type T = { a: T; b: T }; export default (p: T) => 1');
    expect(JSON.stringify(schema).length).toBeLessThan(1_000_000);
  });

  test('takes doc comments as descriptions, and the type of the result', async () => {
    const text = `/** Not this. */
      interface P {
        /** First.
         * More. @see x
         */
        a: string;
      }
      /**
       * Does it.
       * @param p it
       */
      export default async function main(p: P): Promise<{ b: number }> { return { b: 1 }; }`;
    expect(await signature(text)).toEqual({
      description: 'Does it.',
      parameters: object({ a: { type: 'string', description: 'First. More.' } }, ['a']),
      result: '{ b: number }',
      resultSchema: object({ b: { type: 'number' } }, ['b']),
    });
  });
});

describe('literalCalls()', () => {
  test('finds the calls whose names are written there', async () => {
    const text = "callTool('a', 'b', {}); const f = () => callTool('c', x); callTool(y, 'd');";
    expect(literalCalls(await parseSyntax('program.ts', text))).toEqual([['a', 'b']]);
  });
});

describe('splitArgv()', () => {
  const schema = object(
    {
      text: { type: 'string' },
      list: { type: 'array', items: { type: 'number' } },
      on: { type: 'boolean' },
      any: {},
      json: { type: 'string' },
      __proto__: { type: 'string' },
    },
    ['text'],
  );
  const split = (...argv: string[]) =>
    splitArgv(argv, schema as never, { skill: 's', reserved: new Set(['json']) });

  test('takes the parameters, and leaves the others', () => {
    const { own, values } = split(
      ...['--text', '--json', '--list', '1', '--list=2', '--no-on', '--any', '{"a":1}', '--json'],
    );
    expect(own).toEqual(['--json']);
    expect([...values]).toEqual([
      ['text', '--json'],
      ['list', [1, 2]],
      ['on', false],
      ['any', { a: 1 }],
    ]);
  });

  test('refuses values of another type', () => {
    for (const argv of [
      ['--list', 'x'],
      ['--list', ''],
      ['--any', '{'],
      ['--on=maybe'],
      ['--text'],
    ]) {
      expect(() => split(...argv), argv.join(' ')).toThrow(
        /--\w+ (?:does not take|needs a value)/u,
      );
    }
  });

  test('argumentsOf() puts flags over --args', () => {
    const values = new Map([['text', 'b']]);
    expect(argumentsOf(schema as never, { text: 'a', on: true }, values, 's')).toEqual({
      text: 'b',
      on: true,
    });
    expect(() => argumentsOf(schema as never, {}, new Map(), 's')).toThrow(
      'Missing: --text <text>',
    );
  });
});
