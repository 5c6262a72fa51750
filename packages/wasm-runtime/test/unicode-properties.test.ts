import { describe, expect, test } from 'vitest';
import { withoutProperties } from '../src/unicode-properties.ts';
import { sharedSandbox } from './workbench.ts';

const { value, error } = sharedSandbox();

describe('Unicode properties in regular expressions', () => {
  test.each([
    [String.raw`'Ça va, 東京!'.match(/\p{L}+/gu)`, ['Ça', 'va', '東京']],
    [String.raw`'Ça va, 東京!'.replace(/[^\p{L}\d ]/gu, '')`, 'Ça va 東京'],
    [String.raw`'aBc'.match(/\p{Lu}/u).index`, 1],
    [String.raw`'a1٣'.match(/\P{Nd}/gu)`, ['a']],
    [String.raw`'αβγ abc'.match(/\p{Script=Greek}+/u)[0]`, 'αβγ'],
    [String.raw`'αβγ abc'.match(/[\p{L}--\p{Script=Greek}]+/v)[0]`, 'abc'],
    [String.raw`'ABC'.match(/\P{Ll}/iu)`, ['A']],
    [String.raw`'ABC'.match(/[\P{Ll}]/v)`, ['A']],
    [String.raw`'a😀b'.replace(/\p{Extended_Pictographic}/gu, '')`, 'ab'],
    [String.raw`'é'.normalize('NFD').replace(/\p{Diacritic}/gu, '')`, 'e'],
    [String.raw`'p{L} \\p{L}'.match(/\p{L}/)[0]`, 'p{L}'],
    [String.raw`/[\\p{L}]/u.test('p')`, true],
    [String.raw`/\]\p{Lu}[\]\p{Lu}]/u.test(']A]')`, true],
    [String.raw`'\ud800'.match(/\p{Cs}/u).index`, 0],
    [String.raw`/^\p{Any}+$/u.test('a\ud800\u{10ffff}')`, true],
  ])('%s', async (expression, expected) => {
    expect(await value(`return ${expression}`)).toEqual(expected);
  });

  test('keep the places of what follows them', async () => {
    const { stack } = await error('const r = /\\p{L}/u; throw new Error("x")');
    expect(stack).toBe('Error: x\n    at program.ts:1:27');
  });

  test('that do not exist are an error', async () => {
    expect(await error('return /\\p{Nonsense}/u')).toMatchObject({ name: 'SyntaxError' });
  });

  test('without end are an error of the source', async () => {
    const source = `return [${'/\\p{L}/u,'.repeat(2_000)}]`;
    expect(await error(source)).toMatchObject({
      code: 'SYNTAX',
      message: expect.stringContaining('too many Unicode properties'),
    });
  });

  test.each(['L', 'Lu', 'Nd', 'P', 'Script=Latin', 'Cs', 'C', 'Emoji', 'Alphabetic', 'ASCII'])(
    '%s matches what Node matches',
    (property) => {
      for (const kind of ['p', 'P']) {
        const pattern = `^\\${kind}{${property}}$`;
        const [own, native] = [
          new RegExp(withoutProperties(pattern, 'u'), 'u'),
          new RegExp(pattern, 'u'),
        ];
        for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 7) {
          const character = String.fromCodePoint(code);
          if (own.test(character) !== native.test(character)) {
            expect.fail(`${pattern} differs at ${code.toString(16)}`);
          }
        }
      }
    },
  );
});
