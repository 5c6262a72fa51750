import { PassThrough } from 'node:stream';
import { exceededBound } from '@org/core';
import fc from 'fast-check';
import { LineFrames, replyId } from '../../packages/bridge/src/line-frames.ts';
import { JsonRpc } from '../../packages/checker/src/json-rpc.ts';
import { asJson, asText, must, type Target, target } from './target.ts';

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const frames = new LineFrames(64, {
    onLine: (text) => lines.push(text),
    onOversize: ({ head, tail, bytes }) => lines.push(`${bytes} ${head} ${tail}`),
  });
  for (const chunk of chunks) frames.push(chunk);
  return lines;
}

interface Cut {
  readonly whole: Buffer;
  readonly cuts: readonly number[];
}

/** The first byte is how many cuts there are, the next ones where. */
function cutBytes(bytes: Uint8Array): Cut {
  const [count = 0] = bytes;
  const cuts = [...bytes.subarray(1, 1 + (count % 12))];
  return { whole: Buffer.from(bytes.subarray(1 + cuts.length)), cuts };
}

function chunksOf({ whole, cuts }: Cut): Buffer[] {
  const places = [...new Set([0, ...cuts.filter((at) => at < whole.length), whole.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => whole.subarray(places[index], end));
}

const cuts = fc.array(fc.nat(255), { maxLength: 11 });
const cutLines = fc.record({
  whole: fc
    .array(fc.string({ unit: 'binary', maxLength: 100 }), { maxLength: 8 })
    .map((texts) => Buffer.from(`${texts.join('\n')}\n`)),
  cuts,
});

const framed = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const messages = [
  framed('{"id":1,"method":"x","params":["é"]}'),
  framed('{"id":2,"error":{"message":"é"}}'),
  framed('{"method":"x"}'),
];
const cutMessages = fc.record({
  whole: fc
    .array(fc.constantFrom(...messages, '\r\n', 'Content-Length: 2', 'X: y\r\n', '{}'), {
      maxLength: 6,
    })
    .map((texts) => Buffer.from(texts.join(''))),
  cuts,
});

/** What the other side asks in these chunks, and whether it breaks the frames. */
function readMessages(chunks: readonly Buffer[]): string {
  const input = new PassThrough();
  const said: string[] = [];
  const answer = async (method: string, params: unknown) =>
    said.push(`${method} ${JSON.stringify(params)}`);
  new JsonRpc(input, new PassThrough(), answer, () => void said.push('broken'));
  for (const chunk of chunks) input.emit('data', chunk);
  return said.join('\n');
}

const edge = 512;

function depthOf(value: unknown): { depth: number; containers: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, containers: 0 };
  const inner = Object.values(value).map(depthOf);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    containers: 1 + inner.reduce((sum, { containers }) => sum + containers, 0),
  };
}

const bounds = { depth: 6, containers: 12 };

export const streamTargets: readonly Target[] = [
  target(
    'lines are the same however they are cut',
    cutLines,
    {
      seeds: ['\u0002\u0003\u0007{"jsonrpc":"2.0"}\nx\n', `\u0001\u0040${'y'.repeat(90)}\n\n`],
      words: ['\n', '\r\n', 'é'],
      read: cutBytes,
    },
    (cut) => {
      const [together, apart] = [linesOf([cut.whole]), linesOf(chunksOf(cut))];
      must(JSON.stringify(together) === JSON.stringify(apart), 'cuts are of no matter');
    },
  ),
  target(
    'messages of the compiler are the same however they are cut',
    cutMessages,
    {
      seeds: messages.map((text) => `\u0002\u0005\u0019${text}${messages[0]}`),
      words: ['Content-Length: ', '\r\n\r\n', '{}', '"id":1', '"method":"x"', 'null', '999999999'],
      read: cutBytes,
    },
    (cut) => {
      must(readMessages([cut.whole]) === readMessages(chunksOf(cut)), 'cuts are of no matter');
    },
  ),
  target(
    'the id of a reply that is not read is its own',
    fc.jsonValue({ maxDepth: 4 }).map((result) => ({
      text: JSON.stringify({ result, jsonrpc: '2.0', id: 7 }),
    })),
    {
      seeds: ['{"jsonrpc":"2.0","id":1,"result":{}}', '{"result":{"id":2},"jsonrpc":"2.0","id":3}'],
      words: ['"id":4', ',"id":5}', '"jsonrpc":"2.0",', '{"id":6,', '"}'],
      read: (bytes) => ({ text: asText(bytes) }),
    },
    ({ text }) => {
      const id = replyId({
        head: text.slice(0, edge),
        tail: text.slice(-edge),
        bytes: text.length,
      });
      const value = asJson(Buffer.from(text)) as { id?: unknown } | undefined;
      // What is written back as it was has no key twice.
      if (id === undefined || JSON.stringify(value) !== text) return;
      must(value?.id === id, 'it is the id of the reply');
    },
  ),
  target(
    'what passes the bounds of JSON is within them once it is parsed',
    fc.jsonValue({ maxDepth: 9 }).map((value) => ({ text: JSON.stringify(value) })),
    {
      seeds: ['[[[[[[1]]]]]]', '{"a":"\\"[","b":{"c\\\\":[]}}', '[{},{},{},{}]'],
      words: ['"', '\\', '\\"', '[', '{', '"a":', '\\u0022', ']', '}'],
      read: (bytes) => ({ text: asText(bytes) }),
    },
    ({ text }) => {
      const value = asJson(Buffer.from(text));
      if (value === undefined) return;
      const exceeded = exceededBound(text, bounds);
      const { depth, containers } = depthOf(value);
      must(exceeded !== undefined || depth <= bounds.depth, 'its depth is bounded');
      // A key that is there twice is counted twice.
      must(exceeded !== undefined || containers <= bounds.containers, 'its size is bounded');
    },
  ),
];
