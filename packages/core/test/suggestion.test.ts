import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closest, didYouMean } from '../src/index.ts';

describe('closest()', () => {
  test.each([
    ['githb', ['gitlab', 'github'], 'github'],
    ['search_isues', ['search_issues', 'search_users'], 'search_issues'],
    ['searchIssues', ['search_issues', 'search_users'], 'search_issues'],
    ['SEARCH-ISSUES', ['search_issues'], 'search_issues'],
    ['./server/github', ['./servers/github'], './servers/github'],
    ['raed', ['write', 'read'], 'read'],
    ['exec', ['introspect', 'execute'], 'execute'],
    ['sea', ['search_issues', 'search_users'], undefined],
    ['größe', ['Größe'], 'Größe'],
    ['xyz', ['github', 'slack'], undefined],
    ['github', [], undefined],
    ['', ['github'], undefined],
  ])('%j among %j is %j', (text, candidates, expected) => {
    expect(closest(text, candidates)).toBe(expected);
  });

  test('gives the candidate itself when it is there', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/u), { minLength: 1 }), (names) => {
        const [wanted = ''] = names;
        expect(closest(wanted, names)).toBe(wanted);
      }),
    );
  });

  test('only ever gives one of the candidates', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (text, names) => {
        const found = closest(text, names);
        if (found !== undefined) expect(names).toContain(found);
      }),
    );
  });

  test('is not slowed by a very long text', () => {
    expect(closest('x'.repeat(10_000_000), ['github'])).toBeUndefined();
  });
});

describe('didYouMean()', () => {
  test('is a sentence to append, or nothing', () => {
    expect(didYouMean('githb', ['github'])).toBe(' Did you mean "github"?');
    expect(didYouMean('xyz', ['github'])).toBe('');
  });

  test('quotes what it suggests', () => {
    expect(didYouMean('a"b', ['a"b\n'])).toBe(' Did you mean "a\\"b\\n"?');
  });
});
