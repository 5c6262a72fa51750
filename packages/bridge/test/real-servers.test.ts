import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import { call, failureOf, openBridge, resultOf, scratchFolder } from './harness.ts';

const { resolve } = createRequire(import.meta.url);
const entryOf = (name: string): string =>
  path.join(
    path.dirname(resolve(`@modelcontextprotocol/${name}/package.json`)),
    'dist',
    'index.js',
  );

test('server-everything: echo, get-sum, structured content and images', async () => {
  const everything = { command: process.execPath, args: [entryOf('server-everything')] };
  const bridge = await openBridge({ everything });
  expect(await resultOf(call(bridge, 'everything', 'echo', { message: 'hi' }))).toBe('Echo: hi');
  expect(await resultOf(call(bridge, 'everything', 'get-sum', { a: 2, b: 3 }))).toContain('5');
  expect(
    await resultOf(call(bridge, 'everything', 'get-structured-content', { location: 'New York' })),
  ).toHaveProperty('temperature');
  const image = (await resultOf(call(bridge, 'everything', 'get-tiny-image'))) as {
    type: string;
  }[];
  expect(image.map(({ type }) => type)).toContain('image');
  const failure = await failureOf(call(bridge, 'everything', 'get-sum', { a: '2', b: 3 }));
  expect(failure.message).toContain('a: expected a number, got the string "2"');
  expect((await bridge.catalog('everything' as ServerId)).tools.length).toBeGreaterThan(10);
});

test('server-filesystem: read_text_file inside its folder, and its refusal outside', async () => {
  const folder = await scratchFolder();
  await writeFile(path.join(folder, 'note.txt'), 'remember the milk');
  const files = { command: process.execPath, args: [entryOf('server-filesystem'), folder] };
  const bridge = await openBridge({ files }, { folder });
  const note = { path: path.join(folder, 'note.txt') };
  expect(await resultOf(call(bridge, 'files', 'read_text_file', note))).toEqual({
    content: 'remember the milk',
  });
  expect(
    await failureOf(call(bridge, 'files', 'read_text_file', { path: '/etc/hostname' })),
  ).toMatchObject({
    status: 'failed',
    code: 'TOOL_FAILED',
    message: expect.stringContaining('denied'),
  });
});
