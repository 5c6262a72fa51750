import { expect, test } from 'vitest';
import { LineFrames, type OversizeLine, replyId } from '../src/line-frames.ts';

function cut(chunks: readonly string[], maxBytes: number): (string | number)[] {
  const seen: (string | number)[] = [];
  const frames = new LineFrames(maxBytes, {
    onLine: (text) => seen.push(text),
    onOversize: ({ bytes }) => seen.push(bytes),
  });
  for (const chunk of chunks) frames.push(Buffer.from(chunk));
  return seen;
}

test('lines are cut wherever the chunks end', () => {
  expect(cut(['one\ntw', 'o\n', '\nthr', 'ee'], 10)).toEqual(['one', 'two', '']);
});

test('a character that is split between two chunks stays whole', () => {
  const seen: string[] = [];
  const frames = new LineFrames(10, { onLine: (text) => seen.push(text), onOversize: () => {} });
  const bytes = Buffer.from('€\n');
  frames.push(bytes.subarray(0, 1));
  frames.push(bytes.subarray(1));
  expect(seen).toEqual(['€']);
});

test('a line over the cap is read over, and the next one is whole', () => {
  expect(cut(['1234', '5678', '90\nnext\n'], 8)).toEqual([10, 'next']);
  expect(cut(['12345678\nnext\n'], 8)).toEqual(['12345678', 'next']);
});

const line = (head: string, tail: string): OversizeLine => ({ head, tail, bytes: 0 });

test.each([
  ['{"jsonrpc":"2.0","id":5,"result":{', 'xxx"}}', 5],
  ['{ "id" : 5 , "jsonrpc":"2.0","result":{', 'xxx"}}', 5],
  ['{"result":{"content":[', '"}],"x":1},"jsonrpc":"2.0","id":6}', 6],
  ['{"result":{"content":[', '"}],"x":1},"id":6,"jsonrpc":"2.0"}', 6],
  ['{"result":{"content":[', ',"id":7}}', undefined],
  ['{"jsonrpc":"2.0","method":"x","params":{"id":8,', '"}}', undefined],
])('the id of %j … %j is %s', (head, tail, id) => {
  expect(replyId(line(head, tail))).toBe(id);
});

test('of a line that goes on over the cap, its ends are kept', () => {
  const ends: OversizeLine[] = [];
  const frames = new LineFrames(8, { onLine: () => {}, onOversize: (one) => ends.push(one) });
  for (const chunk of ['{"id":5,', '"result":', '"xxx', `${'x'.repeat(9_000)}`, 'end"}\n']) {
    frames.push(Buffer.from(chunk));
  }
  expect(ends).toEqual([
    {
      head: expect.stringMatching(/^\{"id":5,"result":/u),
      tail: expect.stringMatching(/x{9}end"\}$/u),
      bytes: 9_026,
    },
  ]);
});
