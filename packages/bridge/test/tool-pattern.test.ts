import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import { parseToolPattern } from '../src/tool-pattern.ts';

const configured = ['github', 'gitlab', 'my.server', 'st*r'] as ServerId[];
const parse = (text: string) => parseToolPattern(text, configured);

test.each([
  ['github', 'github', 'get_issue', true],
  ['github', 'gitlab', 'get_issue', false],
  ['github.*', 'github', 'anything.at.all', true],
  ['github.get_issue', 'github', 'get_issue', true],
  ['github.get_issue', 'github', 'get_issues', false],
  ['github.get_issue', 'github', 'GET_ISSUE', false],
  ['*.delete_*', 'gitlab', 'delete_repo', true],
  ['*.delete_*', 'gitlab', 'undelete_repo', false],
  ['git*.*_repo', 'gitlab', 'delete_repo', true],
  ['*.a*b*c', 'github', 'a1b2c', true],
  ['*.a*b*c', 'github', 'acb', false],
  ['*.ab*ba', 'github', 'aba', false],
  ['*.*ab*ba', 'github', 'aba', false],
  ['*.**', 'github', 'x', true],
  ['*', 'my.server', 'x', true],
  // The first dot ends the server, but a configured name is a name.
  ['my.server', 'my.server', 'x', true],
  ['my\\.server.get', 'my.server', 'get', true],
  ['github.a.b', 'github', 'a.b', true],
  ['st\\*r.x', 'st*r', 'x', true],
  ['*.\\*', 'github', 'x', false],
  ['*.\\*', 'github', '*', true],
])('%s matches %s %s: %s', (text, server, tool, expected) => {
  expect(parse(text).matches(server, tool)).toBe(expected);
});

test.each(['', '.', 'github.', '.get', 'github\\', 'x'.repeat(301)])('%s is refused', (text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('a server that is not configured is refused, with a suggestion', () => {
  for (const text of ['gihub', 'gihub.delete_*', 'my.serve']) {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'UNKNOWN_SERVER' }));
  }
  expect(() => parse('gihub.delete_*')).toThrow('Did you mean "github"?');
});

test('a pattern of many stars costs no more than its length times that of the name', () => {
  const pattern = parse(`*.${'*a'.repeat(140)}b`);
  expect(pattern.matches('github', 'a'.repeat(128))).toBe(false);
});
