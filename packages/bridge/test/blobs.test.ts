import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Bridge } from '../src/index.ts';
import { call, failureOf, openBridge, resultOf, run } from './harness.ts';
import { done, open, read } from './offering.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('blobs', () => {
  const picture = async (bridge: Bridge, bytes: number, seed = 1) => {
    const outcome = await done(call(bridge, 's', 'picture', { bytes, seed }));
    const [block] = JSON.parse(outcome.json);
    return { ...outcome, block };
  };

  test('up to 16 KiB of base64 stays in its place, more leaves for a handle', async () => {
    const bridge = await open();
    const small = await picture(bridge, 12_288);
    expect(small.block.data).toHaveLength(16_384);
    expect(small.blobs).toBeUndefined();
    const big = await picture(bridge, 12_289);
    expect(big.block).toEqual({
      type: 'image',
      mimeType: 'image/png',
      data: expect.stringMatching(/^blob:[a-p]{40}$/),
      size: 12_289,
    });
    expect(big.json.length).toBeLessThan(200);
    expect([...(big.blobs?.keys() ?? [])]).toEqual([big.block.data]);
    expect((await picture(bridge, 12_289)).block.data).toBe(big.block.data);
    expect((await picture(bridge, 12_289, 2)).block.data).not.toBe(big.block.data);
  });

  test('leave from embedded resources, audio, contents and prompts', async () => {
    const bridge = await open();
    const outcomes = [
      await done(call(bridge, 's', 'embedded', { bytes: 30_000 })),
      await done(read(bridge, 'file:///big.bin')),
      await done(call(bridge, 's', '@prompts/get', { name: 'show' })),
    ];
    expect(outcomes.map(({ blobs }) => blobs?.size)).toEqual([2, 1, 1]);
    for (const { json, blobs } of outcomes) {
      expect(json.length).toBeLessThan(400);
      for (const handle of blobs?.keys() ?? []) expect(json).toContain(JSON.stringify(handle));
    }
  });

  test('what could not be put back to the letter stays, and so do values of a tool', async () => {
    const bridge = await open();
    for (const tool of ['loose', 'own']) {
      const { json, blobs } = await done(call(bridge, 's', tool));
      expect(blobs).toBeUndefined();
      expect(json.length).toBeGreaterThan(30_000);
    }
  });

  test('are put into parameters where a string is their handle, and nowhere else', async () => {
    const bridge = await open();
    const { block, blobs } = await picture(bridge, 30_000);
    const handle: string = block.data;
    const params = {
      data: handle,
      list: [handle, `${handle}.`, handle.toUpperCase()],
      [handle]: 1,
    };
    const outcome = await bridge.callTool(
      {
        server: 's',
        tool: 'measure',
        paramsJson: JSON.stringify(params),
        ...(blobs && { blobs }),
      },
      { signal: new AbortController().signal },
    );
    const base64 = Buffer.from(blobs?.get(handle) ?? []).toString('base64');
    expect(await resultOf(outcome)).toEqual({
      length: 40_000,
      sha256: sha256(base64),
      rest: { list: [base64, `${handle}.`, handle.toUpperCase()], [handle]: 1 },
    });
    // Without the blob the handle is a text.
    expect(await resultOf(call(bridge, 's', 'measure', { data: handle }))).toMatchObject({
      length: 45,
    });
  });

  test('a kept result of a handle is not one of the same text', async () => {
    const bridge = await open('plain', { policy: { cacheable: ['s.measure'] } });
    const { block, blobs } = await picture(bridge, 30_000);
    const paramsJson = JSON.stringify({ data: block.data });
    const { signal } = new AbortController();
    const text = { server: 's', tool: 'measure', paramsJson };
    const withBlob = { ...text, ...(blobs && { blobs }) };
    const [first, second, third] = [
      await done(bridge.callTool(withBlob, { signal })),
      await done(bridge.callTool(text, { signal })),
      await done(bridge.callTool(withBlob, { signal })),
    ];
    expect([first.cached, second.cached, third.cached]).toEqual([false, false, true]);
    expect(second.json).not.toBe(first.json);
  });

  test('have a bound of their own in parameters, each time counted', async () => {
    const bridge = await open('plain', { caps: { paramsBytes: 500, blobBytes: 100_000 } });
    const { block, blobs } = await picture(bridge, 30_000);
    const send = (times: number) =>
      bridge.callTool(
        {
          server: 's',
          tool: 'measure',
          paramsJson: JSON.stringify({ data: Array(times).fill(block.data) }),
          ...(blobs && { blobs }),
        },
        { signal: new AbortController().signal },
      );
    expect((await send(2)).status).toBe('done');
    expect(await failureOf(send(3))).toMatchObject({ code: 'PARAMS_TOO_LARGE' });
  });

  test('count in the size of a result', async () => {
    const bridge = await open('plain', { caps: { resultBytes: 50_000 } });
    expect((await picture(bridge, 30_000)).blobs?.size).toBe(1);
    expect(await failureOf(call(bridge, 's', 'picture', { bytes: 40_000 }))).toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
  });

  test('a content filter leaves handles alone', async () => {
    const server = { ...run('offering.ts'), filter: { outgoing: 'all' } };
    const bridge = await openBridge({ s: server });
    for (let seed = 1; seed <= 40; seed++) {
      const { block } = await picture(bridge, 13_000, seed);
      expect(block.data).toMatch(/^blob:[a-p]{40}$/);
    }
  });
});
