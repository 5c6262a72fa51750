import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ApprovalRequest } from '@org/core';
import { expect, test } from 'vitest';
import { terminalApprover } from '../src/terminal-approver.ts';
import { TerminalQuestions } from '../src/terminal-questions.ts';

async function answered(
  typed: string,
  paramsJson = '{}',
  tool = 'delete_repo',
  more: Partial<ApprovalRequest> = {},
) {
  const input = new PassThrough();
  const output = new PassThrough();
  let held = 0;
  const hold = () => {
    held++;
    return {
      [Symbol.dispose]: () => {
        held--;
      },
    };
  };
  input.end(typed);
  const request = { server: 'github', tool, paramsJson, definitionDigest: 'd', ...more };
  const { signal } = new AbortController();
  const person = new TerminalQuestions({ input, output, hold });
  const answer = await terminalApprover(person).approve(request, { signal });
  expect(held).toBe(0);
  output.end();
  return { answer, shown: await text(output) };
}

test.each([
  ['y\n', 'once'],
  [' Yes \n', 'once'],
  ['a\n', 'always'],
  ['always\n', 'always'],
  ['n\n', 'no'],
  ['\n', 'no'],
  ['yy\n', 'no'],
  ['', 'no'],
])('approve() takes %j for %s', async (typed, expected) => {
  expect((await answered(typed)).answer).toBe(expected);
});

test('approve() shows all arguments, and makes visible what acts or hides', async () => {
  const long = 'x'.repeat(100_000);
  const value = '\u001B[2J\u0007\u202Egnp\u200B\u{E0041}\nAllow it?';
  const { shown } = await answered('n\n', JSON.stringify({ value, long }), 'a\u200Bb');
  expect(shown).toContain('call github.a\\u{200b}b with\n  {\n    "value": ');
  expect(shown).toContain('\\u001b[2J\\u0007\\u{202e}gnp\\u{200b}\\u{e0041}\\nAllow it?"');
  expect(shown).toContain(long);
  expect(shown).not.toMatch(/[^\P{C}\n]|\p{DI}/u);
});

test('approve() says what is sent in the place of a handle', async () => {
  const handle = `blob:${'a'.repeat(40)}`;
  const blobs = [{ handle, bytes: 5_000 }];
  const { shown } = await answered('n\n', JSON.stringify({ data: handle }), 'upload', { blobs });
  expect(shown).toContain(`In the place of ${handle}, 5,000 bytes as base64 are sent.\n`);
});

test('approve() gives up when the signal aborts', async () => {
  const abort = new AbortController();
  const hold = () => ({ [Symbol.dispose]: () => {} });
  const terminal = { input: new PassThrough(), output: new PassThrough(), hold };
  const request = { server: 's', tool: 't', paramsJson: '{}', definitionDigest: 'd' };
  const answer = terminalApprover(new TerminalQuestions(terminal)).approve(request, {
    signal: abort.signal,
  });
  abort.abort();
  await expect(answer).rejects.toThrow('abort');
});
