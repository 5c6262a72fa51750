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

test.each([
  ['github', 'github', true],
  ['github', 'gitlab', false],
  ['github.get', 'github', true],
  ['git*.get', 'gitlab', true],
  ['*hub', 'gitlab', false],
  ['my.server', 'my', false],
])('%s can match a tool of %s: %s', (text, server, expected) => {
  expect(parse(text).matchesServer(server)).toBe(expected);
});

test.each([
  ['github', true],
  ['github.*', true],
  ['*.**', true],
  ['github.*_*', false],
  ['github.get', false],
  ['*.@*', false],
])('%s is about every tool: %s', (text, expected) => {
  expect(parse(text).everyTool).toBe(expected);
});

test.each([
  ['github', '@resources/read', true],
  ['github.*', '@resources/read', true],
  ['*.@*', '@prompts/get', true],
  ['github.@resources/*', '@resources/list', true],
  ['github.@resources/*', '@prompts/list', false],
  ['github.@prompts/get', '@prompts/get', true],
  // Rules about tools alone say nothing of methods, nor the other way around.
  ['github.*read', '@resources/read', false],
  ['github.*e*', '@resources/read', false],
  ['*.@*', 'get_issue', false],
  ['*.@*', 'resources', false],
])('%s matches the method or tool %s: %s', (text, name, expected) => {
  expect(parse(text).matches('github', name)).toBe(expected);
});

test.each(['github.@', 'github.@resources', 'github.@*x', '*.@tools/call'])(
  '%s names no method, which is refused',
  (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test('a pattern has its text, and at most 300 characters', () => {
  const text = `github.${'x'.repeat(293)}`;
  expect(parse(text).text).toBe(text);
  expect(() => parse(`${text}x`)).toThrow('over 300 characters');
  expect(parse('github.\\a\\.\\\\').matches('github', 'a.\\')).toBe(true);
  expect(() => parse('github.a\\')).toThrow('ends with a backslash');
  expect(() => parse('github.')).toThrow('a part of it is empty');
});

test.each([
  ['a*', 'a', true],
  ['*a', 'a', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b', 'ac', false],
  ['a*b', 'cb', false],
  ['*b*', 'abc', true],
  ['*b*', 'ac', false],
  ['a*b*b', 'ab', false],
  ['a*b*b', 'abb', true],
  ['a*a*c', 'ac', false],
  ['*ab*ab*', 'abab', true],
  ['*ab*ab*', 'ab', false],
  ['*ab*b', 'xab', false],
])('the pattern of a tool %s matches %s: %s', (tool, name, expected) => {
  expect(parse(`github.${tool}`).matches('github', name)).toBe(expected);
});
