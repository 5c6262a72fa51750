import { parseVfsPath } from '@org/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checker, createChecker } from '../src/index.ts';
import { bareFiles } from './bare-files.ts';

const library = `export interface Base {
  /** The number of it. */
  id: number;
  tags?: string[];
}
export type Mode = 'fast' | 'slow';
export interface Tree { value: string; children: Tree[] }
`;

let checker: Checker;

beforeAll(async () => {
  const files = bareFiles();
  await files.writeFile(parseVfsPath('/workspace/lib.ts'), library);
  checker = createChecker({ files, deadlineMs: 30_000 });
});

afterAll(() => checker[Symbol.asyncDispose]());

const closed = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

const parametersOf = async (type: string) => {
  const source = `import type { Base, Mode, Tree } from '/workspace/lib.ts';
export default (value: ${type}) => 1;`;
  return (await checker.signature(source)).parameters;
};

describe('signature()', () => {
  test.each([
    ['Mode', { type: 'string', enum: ['fast', 'slow'] }],
    [
      "Pick<Base, 'id'>",
      closed({ id: { type: 'number', description: 'The number of it.' } }, ['id']),
    ],
    ["Omit<Base, 'id'>", closed({ tags: { type: 'array', items: { type: 'string' } } }, [])],
    [
      'Partial<Record<Mode, number>>',
      closed({ fast: { type: 'number' }, slow: { type: 'number' } }, []),
    ],
    ['keyof Base', { type: 'string', enum: ['id', 'tags'] }],
    [
      "{ a: 1 } & { b: 'x' | null }",
      closed({ a: { const: 1 }, b: { anyOf: [{ type: 'null' }, { const: 'x' }] } }, ['a', 'b']),
    ],
    ['Record<string, boolean>', { type: 'object', additionalProperties: { type: 'boolean' } }],
    [
      '{ a: boolean | null; b: string | undefined }',
      closed({ a: { anyOf: [{ type: 'null' }, { type: 'boolean' }] }, b: { type: 'string' } }, [
        'a',
      ]),
    ],
    ['Uppercase<string>', { type: 'string' }],
    ['readonly [number, string]', { type: 'array' }],
    ['unknown', {}],
    ['Nope', {}],
    ['Map<string, number>', {}],
    ['{ when: Date; how: () => void }', closed({ when: {}, how: {} }, ['when', 'how'])],
  ])('gives the schema of the parameter type %s', async (type, schema) => {
    expect(await parametersOf(type)).toEqual(schema);
  });

  test('ends at a type that contains itself', async () => {
    expect(await parametersOf('Tree')).toEqual(
      closed({ value: { type: 'string' }, children: { type: 'array', items: {} } }, [
        'value',
        'children',
      ]),
    );
  });

  test('bounds a type that grows with its depth', async () => {
    const source = `type Grow<D extends string> = { [K in 'a' | 'b' | 'c' | 'd']: Grow<\`\${D}\${K}\`> };
export default (value: Grow<''>) => 1;`;
    const { parameters } = await checker.signature(source);
    expect(JSON.stringify(parameters).length).toBeLessThan(1_000_000);
  });

  test.each([
    [
      'an imported type',
      "import type { Base } from '/workspace/lib.ts';\nexport default async (): Promise<Base[]> => [];",
      {
        type: 'array',
        items: closed(
          {
            id: { type: 'number', description: 'The number of it.' },
            tags: { type: 'array', items: { type: 'string' } },
          },
          ['id'],
        ),
      },
    ],
    [
      'an inferred type',
      'export default () => ({ a: [1, 2] });',
      closed({ a: { type: 'array', items: { type: 'number' } } }, ['a']),
    ],
    ['a value', 'export default { a: 1 };', closed({ a: { type: 'number' } }, ['a'])],
    ['nothing', 'export default () => {};', undefined],
  ])('gives the schema of a result that is %s', async (_, source, schema) => {
    expect((await checker.signature(source)).result).toEqual(schema);
  });

  test('takes types of JavaScript from its comments, whatever was read before', async () => {
    await checker.signature('export default (wrong: number) => wrong;');
    const source = `/** @param {{ folder: string, depth?: number }} options */
export default function list(options) { return options.folder; }`;
    expect(await checker.signature(source, { name: 'list.js' })).toEqual({
      parameters: closed({ folder: { type: 'string' }, depth: { type: 'number' } }, ['folder']),
      result: { type: 'string' },
    });
    const { diagnostics } = await checker.check('const one: number = 1;\nexport default one;');
    expect(diagnostics).toEqual([]);
  });

  test('has no parameters where the program takes none', async () => {
    expect(await checker.signature('export default () => 1;')).toEqual({
      result: { type: 'number' },
    });
    expect(await checker.signature('const one = 1;\nexport const two = one;')).toEqual({
      parameters: {},
      result: {},
    });
  });
});
