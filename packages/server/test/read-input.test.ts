import { profiles } from '@org/core';
import { expect, test } from 'vitest';
import { decisionIn, questionText } from '../src/approval-form.ts';
import { ToolInput } from '../src/tools/read-input.ts';

const read = (input: unknown) =>
  new ToolInput('tool', input, ['code', 'args', 'limits', 'session', 'select', 'text', 'how']);

test('limits() clamps to the most, and refuses what is no limit', () => {
  const wanted = { wallMs: 10, toolCalls: 1e9, memoryBytes: profiles.strict.memoryBytes + 1 };
  expect(read({ limits: wanted }).limits(profiles.strict)).toEqual({
    wallMs: 10,
    toolCalls: profiles.strict.toolCalls,
    memoryBytes: profiles.strict.memoryBytes,
  });
  for (const limits of [{ wallMs: 0 }, { wallMs: 1.5 }, { wallMs: '5' }, { wall: 5 }, 'all', []]) {
    expect(() => read({ limits }).limits(profiles.strict), JSON.stringify(limits)).toThrow();
  }
});

test('args(): objects, also as text, within bounds', () => {
  expect(read({}).args()).toEqual({});
  expect(read({ args: null }).args()).toEqual({});
  expect(read({ args: '{"a":1}' }).args()).toEqual({ a: 1 });
  const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`);
  for (const args of [[1], 'no', '[1]', 5, { a: 'x'.repeat(1_000_001) }, deep]) {
    expect(() => read({ args }).args()).toThrow('args of tool must be');
  }
});

test('inputs have own keys only, and no others than there are', () => {
  expect(() => read(JSON.parse('{"__proto__": {"code": "x"}}'))).toThrow('"__proto__"');
  expect(() => read({ cod: 'x' })).toThrow('Did you mean "code"?');
  for (const input of [null, [], 'x', 5]) expect(() => read(input)).toThrow('must be an object');
  expect(() => read({ code: 'x'.repeat(1_000_001) }).code()).toThrow('1000000 characters');
  expect(() => read({ text: 'x'.repeat(1_001) }).text('text', 'x')).toThrow('1000 characters');
  expect(read({ select: '/a' }).texts('select', 2)).toEqual(['/a']);
  expect(() => read({ select: ['/a', '/b', '/c'] }).texts('select', 2)).toThrow('at most 2');
});

test('code() takes the fence off, and there has to be a program', () => {
  expect(read({ code: '```ts\nreturn 1\n```' }).code()).toBe('return 1');
  expect(read({ code: 'return 1' }).code()).toBe('return 1');
  for (const code of [undefined, null, '', ' \n']) {
    expect(() => read({ code }).code()).toThrow('tool needs code');
  }
  expect(() => read({ code: 5 }).code()).toThrow('code of tool must be a text');
});

test('text() and choice() take what they know, and say what that is', () => {
  expect(read({ text: 'a' }).text('text', 'x')).toBe('a');
  expect(() => read({ text: ' ' }).text('text', 'x')).toThrow('tool needs text');
  expect(() => read({ text: 5 }).optionalText('text')).toThrow('a text of at most 1000');
  const choose = (how?: unknown) => read({ how }).choice('how', ['one', 'two']);
  expect([choose('two'), choose(null)]).toEqual(['two', undefined]);
  for (const wrong of ['three', 'constructor', 'One']) {
    expect(() => choose(wrong)).toThrow('how of tool must be "one" or "two"');
  }
});

test('session() is a name that no path can be made of', () => {
  expect(read({}).session('preset')).toBe('preset');
  expect(read({ session: 'a-1' }).session('preset')).toBe('a-1');
  for (const session of ['', '../x', 'A', '-a', 'a'.repeat(65), 'a/b', 'a\n', '\u0000']) {
    expect(() => read({ session }).session('preset'), JSON.stringify(session)).toThrow(
      'session of tool must be',
    );
  }
});

test('args() that nothing can write are refused', () => {
  let deep: object = {};
  for (let depth = 0; depth < 100_000; depth++) deep = { deep };
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  for (const args of [deep, endless]) {
    expect(() => read({ args }).args()).toThrow('args of tool must be');
  }
});

test('decisionIn(): only an answer that says so approves', () => {
  const accept = (content?: unknown) => decisionIn({ action: 'accept', content });
  for (const content of [undefined, null, {}, { decision: true }, { decision: 'yes' }, 'approve']) {
    expect(accept(content), JSON.stringify(content)).toBeUndefined();
  }
  expect(accept({ decision: 'approve', further: 5 })).toEqual({ approve: true, further: 5 });
  expect(accept({ decision: 'approve', further: 1e9 })).toEqual({ approve: true, further: 1_000 });
  expect(accept({ decision: 'approve', further: -1.5 })).toEqual({ approve: true, further: 0 });
  expect(decisionIn({ action: 'decline', content: { decision: 'approve' } })?.approve).toBe(false);
  expect(decisionIn({ action: 'cancel', content: { decision: 'approve' } })).toBeUndefined();
});

test('questionText() shows all calls, and hides no character', () => {
  const question = { id: '1', server: 'mail', tool: 'send', paramsJson: '{"to":"a\\u200b@b"}' };
  const text = questionText([question, { ...question, tool: 'delete' }]);
  expect(text).toContain('2 calls');
  expect(text).toContain('mail.send\n{\n  "to": "a\\u{200b}@b"\n}');
  expect(text).toContain('mail.delete');
});
