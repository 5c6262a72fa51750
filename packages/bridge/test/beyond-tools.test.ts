// Resources and prompts on the way of a call; blobs.test.ts has the blobs of all results.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { introspectOffer } from '../../introspector/src/index.ts';
import { call, failureOf, openBridge, resultOf, run, scratchFolder } from './harness.ts';
import { done, open, read, s } from './offering.ts';

describe('resources and prompts', () => {
  test('lists have all their pages, by the field names of MCP', async () => {
    const bridge = await open();
    expect(await resultOf(call(bridge, 's', '@resources/list'))).toEqual({
      resources: [
        { uri: 'file:///notes.txt', name: 'notes.txt' },
        { uri: 'file:///big.bin', name: 'big.bin' },
        { uri: 'file:///broken', name: 'broken' },
      ],
      // A server may have resources and know of no templates.
      resourceTemplates: [],
    });
    expect(await resultOf(call(bridge, 's', '@prompts/list'))).toMatchObject({
      prompts: [{ name: 'greet' }, { name: 'show' }],
    });
  });

  test('reading gives the contents alone, a prompt its messages', async () => {
    const bridge = await open();
    expect(await resultOf(read(bridge, 'file:///notes.txt'))).toEqual({
      contents: [{ uri: 'file:///notes.txt', text: 'read 1' }],
    });
    const greeting = { name: 'greet', arguments: { who: 'Ann' } };
    expect(await resultOf(call(bridge, 's', '@prompts/get', greeting))).toEqual({
      description: '3 letters',
      messages: [{ role: 'user', content: { type: 'text', text: 'Hi Ann' } }],
    });
  });

  test('a run and the catalog ask for tools alone', async () => {
    const folder = await scratchFolder();
    const asked = path.join(folder, 'asked');
    const server = run('offering.ts', 'plain', asked);
    const bridge = await openBridge({ s: server }, { folder });
    await bridge.catalog(s);
    await done(call(bridge, 's', 'picture', { bytes: 3 }));
    expect((await readFile(asked, 'utf8')).split('\n')).toEqual([
      ...['initialize', 'notifications/initialized', 'tools/list', 'tools/call', ''],
    ]);
  });

  test('a server without the capabilities is not asked', async () => {
    const folder = await scratchFolder();
    const asked = path.join(folder, 'asked');
    const bridge = await openBridge({ s: run('offering.ts', 'bare', asked) }, { folder });
    expect(await resultOf(call(bridge, 's', '@resources/list'))).toEqual({
      resources: [],
      resourceTemplates: [],
    });
    expect(await resultOf(call(bridge, 's', '@prompts/list'))).toEqual({ prompts: [] });
    expect(await failureOf(read(bridge, 'file:///notes.txt'))).toMatchObject({
      status: 'failed',
      code: 'UNKNOWN_RESOURCE',
      message: 'Server "s" has no resources.',
    });
    expect(await failureOf(call(bridge, 's', '@prompts/get', { name: 'greet' }))).toMatchObject({
      code: 'UNKNOWN_PROMPT',
    });
    expect(await bridge.read(s, introspectOffer)).toMatchObject({ resources: [], prompts: [] });
    expect(await readFile(asked, 'utf8')).not.toMatch(/resources|prompts/);
  });

  test.each(['plain', 'modern-code'])('%s: unknown resources and prompts', async (mode) => {
    const bridge = await open(mode);
    const failures = await Promise.all([
      failureOf(read(bridge, 'file:///note.txt')),
      failureOf(read(bridge, 'file:///broken')),
      failureOf(call(bridge, 's', '@prompts/get', { name: 'gret' })),
      failureOf(call(bridge, 's', '@prompts/get', { name: 'greet', arguments: {} })),
      failureOf(call(bridge, 's', '@prompts/get', { name: 'greet', arguments: { who: 1 } })),
      failureOf(call(bridge, 's', '@resources/write', {})),
    ]);
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      [
        'UNKNOWN_RESOURCE',
        'Server "s" has no resource "file:///note.txt". Did you mean "file:///notes.txt"? listResources("s") gives the resources and templates there are.',
      ],
      ['INVALID_PARAMS', expect.stringContaining('The disk is on fire.')],
      [
        'UNKNOWN_PROMPT',
        'Server "s" has no prompt "gret". Did you mean "greet"? It has: greet, show.',
      ],
      ['INVALID_PARAMS', 'The prompt "greet" lacks the arguments: who. It takes: who.'],
      ['INVALID_PARAMS', expect.stringContaining('arguments.who: expected a string, got')],
      ['UNKNOWN_TOOL', expect.stringContaining('no tool "@resources/write"')],
    ]);
  });

  test('a program that may not list is not told what there is', async () => {
    const bridge = await open('plain', { deny: ['s.@*/list'] });
    const unknown = await failureOf(read(bridge, 'file:///note.txt'));
    expect(unknown.code).toBe('UNKNOWN_RESOURCE');
    expect(unknown.message).not.toContain('notes');
    const prompt = await failureOf(call(bridge, 's', '@prompts/get', { name: 'gret' }));
    expect(prompt.message).not.toContain('greet');
  });
});

describe('a server that misbehaves', () => {
  test.each([
    ['endless', '@resources/list', 'TOOL_FAILED', 'more than 1000 pages'],
    ['flood', '@resources/list', 'RESULT_TOO_LARGE', 'over'],
    ['wrong', '@resources/list', 'TOOL_FAILED', 'its resources are not a list'],
    ['objects', '@prompts/list', 'RESULT_INVALID', 'not its result'],
    ['wrong', '@prompts/get', 'RESULT_INVALID', 'not its result'],
    ['wrong', '@resources/read', 'RESULT_INVALID', 'not its result'],
  ])('%s: %s fails with %s', async (mode, tool, code, words) => {
    const bridge = await open(mode);
    const params = { '@prompts/get': { name: 'x' }, '@resources/read': { uri: 'x' } }[tool] ?? {};
    const failure = await failureOf(call(bridge, 's', tool, params));
    expect(failure).toMatchObject({ status: 'failed', code });
    expect(failure.message).toContain(words);
  });

  test('a __proto__ in contents is text like any other', async () => {
    const bridge = await open('proto');
    const { json } = await done(read(bridge, 'x'));
    expect(json).toContain('"__proto__":{"polluted":1}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test.each(['endless', 'wrong'])('introspectOffer() refuses lists that are %s', async (mode) => {
    const bridge = await open(mode);
    await expect(bridge.read(s, introspectOffer)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
    });
  });
});
