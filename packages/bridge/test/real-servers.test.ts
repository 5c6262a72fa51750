import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Approver, ServerId } from '@org/core';
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
  const bridge = await openBridge({ everything }, { policy: { resultCheck: 'strict' } });
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
  const policy = { resultCheck: 'strict', trustAnnotations: true } as const;
  const bridge = await openBridge({ files }, { folder, policy });
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

test('server-filesystem: its annotations make reads cached and writes asked about', async () => {
  const folder = await scratchFolder();
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'milk');
  const files = { command: process.execPath, args: [entryOf('server-filesystem'), folder] };
  const policy = { trustAnnotations: true, cacheable: ['files.read_text_file'] };
  const asked: string[] = [];
  const approver: Approver = {
    approve: async ({ tool }) => {
      asked.push(tool);
      return 'once';
    },
  };
  const bridge = await openBridge({ files }, { folder, policy, approver });
  const read = () => call(bridge, 'files', 'read_text_file', { path: file });
  expect(await read()).toMatchObject({ cached: false });
  await writeFile(file, 'behind its back');
  expect(await read()).toMatchObject({ cached: true, json: '{"content":"milk"}' });
  await resultOf(call(bridge, 'files', 'write_file', { path: file, content: 'bread' }));
  expect(asked).toEqual(['write_file']);
  expect(await read()).toMatchObject({ cached: false, json: '{"content":"bread"}' });
});
