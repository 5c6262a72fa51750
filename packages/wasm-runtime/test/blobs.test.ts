// Blobs that stay on the host: what a program can do with their handles, and what it cannot.
import { type Blobs, SandboxError, type ToolCall, type ToolCallOutcome } from '@org/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { BlobStore, maxBlobBytes } from '../src/blob-store.ts';
import { createSandbox } from '../src/index.ts';
import { packBlobs, unpackBlobs } from '../src/packed-blobs.ts';
import { done, littleFuel, recordingTools, sharedSandbox } from './workbench.ts';

const letter = (index: number) => 'abcdefghijklmnop'.charAt(index % 16);
const handle = (index: number) => `blob:${letter(index).repeat(39)}${letter(index >> 4)}`;
const bytesOf = (index: number, size: number) => new Uint8Array(size).fill(index + 1);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const size = 5_000;

/** `give` gives blob `index`; `take` gives its parameters as they came. */
const tools = recordingTools(({ tool, paramsJson }: ToolCall): ToolCallOutcome => {
  if (tool !== 'give') return done(JSON.parse(paramsJson));
  const { index, bytes = size } = JSON.parse(paramsJson) as { index: number; bytes?: number };
  const data = handle(index);
  const blobs = new Map([[data, bytesOf(index, bytes)]]);
  return {
    status: 'done',
    json: JSON.stringify([{ type: 'image', data, size: bytes }]),
    cached: false,
    blobs,
  };
});
const fixed = { seed: 'seed', startTime: 1_700_000_000_000 };
const shared = sharedSandbox({ tools, limits: { fuel: 500_000_000 } });
beforeEach(() => {
  tools.made.length = 0;
});

const given = (index: number) => `(await callTool('s', 'give', { index: ${index} }))[0].data`;
const blobsOf = (call: ToolCall | undefined) => [...(call?.blobs ?? [])];

describe('a handle', () => {
  test('takes its blob along as a parameter, wherever it stands in one', async () => {
    await shared.value(
      `const data = ${given(1)}; await callTool('s', 'take', { a: [{ b: data }], c: data + '!' })`,
    );
    expect(blobsOf(tools.made[1])).toEqual([[handle(1), bytesOf(1, size)]]);
    expect(JSON.parse(tools.made[1]?.paramsJson ?? '')).toEqual({
      a: [{ b: handle(1) }],
      c: `${handle(1)}!`,
    });
  });

  test('becomes base64 in what the program returns, and nowhere else', async () => {
    const { run } = shared;
    const outcome = await run(
      `const data = ${given(2)};
       console.log(data);
       await setState('kept', data);
       return { deep: [{ data }], text: data + ' ', [data]: await getState('kept'), again: data }`,
    );
    const whole = base64(bytesOf(2, size));
    expect(outcome).toMatchObject({
      status: 'returned',
      value: { deep: [{ data: whole }], text: `${handle(2)} `, [handle(2)]: whole, again: whole },
      logs: [{ message: handle(2) }],
    });
    expect(outcome.usage.bytesReturned).toBeLessThan(400);
    expect(outcome.usage.bytesFromTools).toBeLessThan(100);
  });

  test('of another run is a text', async () => {
    await shared.value(`return ${given(3)}`);
    const guessed = JSON.stringify(handle(3));
    expect(
      await shared.value(`await callTool('s', 'take', { a: ${guessed} }); return ${guessed}`),
    ).toBe(handle(3));
    expect(tools.made.at(-1)?.blobs).toBeUndefined();
    expect(await shared.error(`await readBlob(${guessed})`)).toMatchObject({
      code: 'UNKNOWN_BLOB',
    });
  });

  test('gives its bytes to readBlob()', async () => {
    const whole = base64(bytesOf(4, size));
    expect(
      await shared.value(
        `const text = await readBlob(${given(4)});
         return [text.length, Uint8Array.fromBase64(text).every((byte) => byte === 5)]`,
      ),
    ).toEqual([whole.length, true]);
  });

  test('costs the guest neither memory nor fuel for the bytes', async () => {
    const usage = async (bytes: number) => {
      const outcome = await shared.run(
        `const [{ data }] = await callTool('s', 'give', { index: 1, bytes: ${bytes} });
         await callTool('s', 'take', { data });
         return { data }`,
        fixed,
      );
      expect(outcome.status).toBe('returned');
      return { fuel: outcome.usage.fuel, memory: outcome.usage.memoryBytes };
    };
    const small = await usage(1_000_000);
    const large = await usage(9_000_000);
    expect(large.memory).toBe(small.memory);
    // The digits of the size may cost another few.
    expect(Math.abs(large.fuel - small.fuel)).toBeLessThan(100);
    expect(small.fuel).toBeLessThan(100_000);
  });

  test('is the same, and costs the same, in each run', async () => {
    const program = `const data = ${given(5)}; await readBlob(data); return data.length`;
    const [one, other] = [await shared.run(program, fixed), await shared.run(program, fixed)];
    expect(one.usage.fuel).toBe(other.usage.fuel);
  });
});

describe('bounds', () => {
  test('a run keeps 64 MiB; a call beyond fails, and says that it was made', async () => {
    const outcome = await shared.run(
      `const codes = [];
       for (let index = 0; index < 5; index++) {
         await callTool('s', 'give', { index, bytes: 15_000_000 }).catch((error) => codes.push(error.code));
       }
       return codes`,
    );
    expect(outcome).toMatchObject({ status: 'returned', value: ['QUOTA_EXCEEDED'] });
    expect(outcome.calls.map(({ status }) => status)).toEqual([
      ...['done', 'done', 'done', 'done', 'failed'],
    ]);
  });

  test('equal blobs count once', async () => {
    expect(
      await shared.value(
        `for (let n = 0; n < 6; n++) await callTool('s', 'give', { index: 1, bytes: 15_000_000 });
         return 'kept'`,
      ),
    ).toBe('kept');
  });

  test('a small text cannot become a result without end', async () => {
    expect(
      await shared.limit(
        `const [{ data }] = await callTool('s', 'give', { index: 1, bytes: 3_000_000 });
         return Array(10_000).fill(data)`,
      ),
    ).toEqual({ kind: 'output', allowed: maxBlobBytes });
  });

  test('the answers of many readBlob() at one time are bounded by the memory', async () => {
    const before = process.memoryUsage().rss;
    expect(
      await shared.limit(
        `const [{ data }] = await callTool('s', 'give', { index: 1, bytes: 3_000_000 });
         await Promise.all(Array.from({ length: 5_000 }, () => readBlob(data)))`,
        { limits: { memoryBytes: 64 * 2 ** 20 } },
      ),
    ).toMatchObject({ kind: 'memory' });
    expect(process.memoryUsage().rss - before).toBeLessThan(600e6);
  });

  test('calls of what is no tool count as tool calls', async () => {
    expect(
      await shared.limit(
        `await listResources('s'); await readResource('s', 'x'); await listPrompts('s');
         await getPrompt('s', 'x', { a: 'b' }); await callTool('s', 't')`,
        { limits: { toolCalls: 4, ...littleFuel } },
      ),
    ).toEqual({ kind: 'toolCalls', allowed: 4 });
    expect(tools.made.map(({ tool, paramsJson }) => [tool, paramsJson])).toEqual([
      ['@resources/list', '{}'],
      ['@resources/read', '{"uri":"x"}'],
      ['@prompts/list', '{}'],
      ['@prompts/get', '{"name":"x","arguments":{"a":"b"}}'],
    ]);
  });
});

describe('frozen', () => {
  const program = `const data = ${given(6)};
    const more = ${given(7)};
    await callTool('s', 'take', { data });
    return [data, more, (await readBlob(data)).length]`;
  const [one, other] = [6, 7].map((index) => base64(bytesOf(index, size)));

  test('at each rest, a run has its blobs after each thaw, and costs the same', async () => {
    const straight = await shared.run(program, fixed);
    let run = await shared.sandbox.start(program, fixed);
    let hops = 0;
    for (;;) {
      const bytes = await run.freeze().catch(() => undefined);
      if (bytes === undefined) break;
      hops++;
      run = await shared.sandbox.thaw(bytes);
    }
    const outcome = await run.outcome;
    expect(hops).toBeGreaterThanOrEqual(3);
    expect(outcome).toMatchObject({ status: 'returned', value: [one, other, one?.length] });
    expect(outcome.usage.fuel).toBe(straight.usage.fuel);
    expect(blobsOf(tools.made.at(-1))).toEqual([[handle(6), bytesOf(6, size)]]);
  });

  test('each fork has them, and a changed byte of one is refused', async () => {
    const run = await shared.sandbox.start(program);
    const bytes = Buffer.from(await run.freeze());
    const forks = await shared.sandbox.fork(bytes, 2);
    for (const { outcome } of forks) {
      expect(await outcome).toMatchObject({ status: 'returned', value: [one, other, one?.length] });
    }
    const at = bytes.indexOf(Buffer.from(bytesOf(6, size)));
    bytes[at] = 0;
    await expect(shared.sandbox.thaw(bytes)).rejects.toMatchObject({ code: 'SNAPSHOT_REFUSED' });
  });

  test('a parked run keeps them', async () => {
    await using parking = await createSandbox({ tools, workers: 1, parkAfterMs: 1 });
    const waiting = `${given(6)}; await sleep(50); ${program}`;
    const outcomes = await Promise.all([parking.run(waiting), parking.run(waiting)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'returned', value: [one, other, one?.length] });
    }
  });
});

describe('packBlobs()', () => {
  const blobs: Blobs = new Map([0, 1, 20].map((index) => [handle(index), bytesOf(index, index)]));

  test('and unpackBlobs() give the same, and a copy', () => {
    const bytes = packBlobs(blobs);
    const unpacked = unpackBlobs(bytes);
    bytes.fill(0);
    expect(unpacked).toEqual(blobs);
    expect(unpackBlobs(Buffer.alloc(0)).size).toBe(0);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut short', (bytes) => bytes.subarray(0, -1)],
    ['cut within a head', (bytes) => bytes.subarray(0, 20)],
    [
      'another handle',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('blob:', 'glob:'), 'latin1'),
    ],
    ['a handle twice', (bytes) => Buffer.concat([bytes, bytes])],
    ['a length beyond the end', (bytes) => bytes.fill(255, 45, 49)],
    ['too much', () => Buffer.alloc(maxBlobBytes + 1)],
  ])('unpackBlobs() refuses what is %s', (_, change) => {
    expect(() => unpackBlobs(change(packBlobs(blobs)))).toThrow(
      expect.objectContaining({ code: 'SNAPSHOT_REFUSED' }),
    );
  });
});

test('BlobStore: what is over the bound is not kept in part', () => {
  const store = new BlobStore();
  const half = Buffer.alloc(maxBlobBytes / 2);
  const three = new Map([0, 1].map((index) => [handle(index), half]));
  expect(() => store.keep(three)).toThrow(SandboxError);
  expect(store.all.size).toBe(0);
});
