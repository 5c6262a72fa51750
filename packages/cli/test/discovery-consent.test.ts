import { PassThrough } from 'node:stream';
import type { ServerId, ToolName } from '@org/core';
import { expect, test } from 'vitest';
import type { SampleCall } from '../src/discovery.ts';
import { consentTo } from '../src/discovery-consent.ts';
import { TerminalQuestions } from '../src/terminal-questions.ts';

const call = (tool: string, readOnly: boolean, params = {}): SampleCall => ({
  server: 's' as ServerId,
  tool: tool as ToolName,
  params,
  readOnly,
});
const [read, other, third] = [call('read', true), call('other', false), call('third', false)];

/** What is agreed to by someone who types these answers. */
async function agreed(typed: readonly string[], calls: readonly SampleCall[], yes = false) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answers = [...typed];
  output.on('data', (chunk) => {
    if (String(chunk).includes('[y/N]')) {
      const answer = answers.shift();
      if (answer === undefined) input.end();
      else input.write(answer);
    }
  });
  const shown: string[] = [];
  output.on('data', (chunk) => shown.push(String(chunk)));
  const { signal } = new AbortController();
  const hold = () => ({ [Symbol.dispose]: () => {} });
  const person = new TerminalQuestions({ input, output, hold });
  const result = await consentTo(calls, { person, yes, confirmed: ['s.third'], signal });
  expect(answers).toEqual([]);
  return { result, shown: shown.join('') };
}

test('calls that only read are asked about as a whole, others tool by tool', async () => {
  const calls = [read, call('read', true, { a: 1 }), other, call('other', false, { b: 2 })];
  expect((await agreed(['y\n', 'n\n'], calls)).result).toEqual(calls.slice(0, 2));
  expect((await agreed(['n\n', 'yes\n'], calls)).result).toEqual(calls.slice(2));
  expect((await agreed(['\n', 'x\n'], calls)).result).toEqual([]);
  expect((await agreed([], [read])).result).toEqual([]);
});

test('--yes answers for the first, --confirm for the tools that it names', async () => {
  const { result, shown } = await agreed(['n\n'], [read, other, third], true);
  expect(result).toEqual([read, third]);
  expect(shown).toContain('Nobody says that s.other only reads:\n  s.other {}\nMake this call?');
});

test('the question has all parameters in full, and nothing in it acts', async () => {
  const long = 'x'.repeat(50_000);
  const { shown } = await agreed(
    ['n\n'],
    [call('read', true, { long, act: '\u001b[2J\u202e\u200b' })],
  );
  expect(shown).toContain(long);
  expect(shown).toContain('\\u001b[2J\\u{202e}\\u{200b}');
  expect(shown).not.toMatch(/[^\P{C}\n]/u);
});
