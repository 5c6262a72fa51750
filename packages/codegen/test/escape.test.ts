import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentText, docComment, jsonText, propertyKey, stringLiteral } from '../src/escape.ts';
import { hostileTexts } from './workbench.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '*',
      '/',
      '\\',
      "'",
      '\n',
      '\u2028',
      '<',
      '@',
      ' ',
      '#',
      '\u200b',
      '\ud800',
    ),
  }),
  fc.constantFrom(...hostileTexts),
);
/** Evaluates an expression that was shown to be harmless, in sloppy mode as a script would. */
const evaluate = (code: string): unknown => new Function(`return (${code});`)();

describe('stringLiteral()', () => {
  test('evaluates to the same text, on one line of visible characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const literal = stringLiteral(text);
        expect(literal).toMatch(/^'(?:[^'\\\n]|\\.)*'$/);
        expect(literal).not.toMatch(/[\p{C}\p{DI}\u2028\u2029]|\*\/|<[/!]/u);
        expect(evaluate(literal)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('propertyKey()', () => {
  test('is a bare word or a string literal', () => {
    expect(propertyKey('a_b$1')).toBe('a_b$1');
    expect(propertyKey('a-b')).toBe("'a-b'");
    expect(propertyKey('1')).toBe("'1'");
    expect(propertyKey('é')).toBe("'é'");
  });
});

describe('jsonText()', () => {
  test('is JSON of the same value with visible characters only', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(jsonText({ [text]: text }, 2))).toEqual({ [text]: text });
        expect(jsonText([text])).not.toMatch(/[\p{C}\p{DI}\u2028\u2029]/u);
      }),
    );
  });
});

describe('docComment() of commentText()', () => {
  test('is one comment and nothing else', () => {
    fc.assert(
      fc.property(anyText, anyText, (first, second) => {
        const lines = [...commentText(first, 1_000), ...commentText(second, 1_000)];
        const comment = docComment(lines);
        expect(comment.trim().indexOf('*/')).toBe(comment.trim().length - 2);
        expect(comment).not.toMatch(/(?!\n)[\p{C}\p{DI}\u2028\u2029]|<[/!]|\/[/*][#@]/u);
        expect(comment).not.toMatch(/(?<![\p{L}\p{N}_\\])@/u);
        expect(evaluate(`${comment} 7`)).toBe(7);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps the words, the line breaks and the indentation', () => {
    expect(commentText('One.\n\n  - two\r\n\tthree @param a@b.c */', 100)).toEqual([
      'One.',
      '',
      '  - two',
      '  three \\@param a@b.c *\\/',
    ]);
    expect(commentText(`${'word '.repeat(50)}  end`, 1_000)).toEqual([`${'word '.repeat(50)}end`]);
  });

  test('cuts at the length it is given', () => {
    expect(commentText('abcdef', 4)).toEqual(['abc…']);
  });

  test('no lines are no comment', () => {
    expect(docComment([])).toBe('');
  });
});
