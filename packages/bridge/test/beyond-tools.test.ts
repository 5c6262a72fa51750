// Resources and prompts, and the blobs of all results, on the way of a call.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ApprovalRequest, Approver, ServerId, ToolCallOutcome } from '@org/core';
import { describe, expect, test } from 'vitest';
import { introspectOffer } from '../../introspector/src/index.ts';
import { type Bridge, createAudit, readAudit } from '../src/index.ts';
import { createTelemetry } from '../src/telemetry.ts';
import { call, failureOf, openBridge, resultOf, run, scratchFolder } from './harness.ts';

const s = 's' as ServerId;
const open = (mode = 'plain', options: Parameters<typeof openBridge>[1] = {}) =>
  openBridge({ s: run('offering.ts', mode) }, options);

type Done = Extract<ToolCallOutcome, { status: 'done' }>;

async function done(outcome: Promise<ToolCallOutcome>): Promise<Done> {
  const settled = await outcome;
  if (settled.status !== 'done') throw new Error(`${settled.status}: ${settled.error.message}`);
  return settled;
}

const read = (bridge: Bridge, uri: string) => call(bridge, 's', '@resources/read', { uri });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

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

describe('the operator', () => {
  const tools = ['@resources/list', '@resources/read', '@prompts/list', '@prompts/get', 'picture'];
  const allowed = async (options: Parameters<typeof openBridge>[1]) => {
    const bridge = await open('plain', options);
    const params = { bytes: 3, uri: 'file:///notes.txt', name: 'show' };
    const ending = async (tool: string) => {
      const wanted =
        tool === '@resources/read' ? 'uri' : tool === '@prompts/get' ? 'name' : 'bytes';
      const used = tool.endsWith('list') ? {} : { [wanted]: params[wanted] };
      const outcome = await call(bridge, 's', tool, used);
      return outcome.status === 'done' || outcome.error.code !== 'NOT_ALLOWED';
    };
    const may = await Promise.all(tools.map(ending));
    return tools.filter((_, index) => may[index]);
  };

  test.each<[string[], string[]]>([
    [['s'], tools],
    [['s.*'], tools],
    [['s.picture'], ['picture']],
    [['s.*i*'], ['picture']],
    [['s.@resources/*'], ['@resources/list', '@resources/read']],
    [['s.@*'], tools.slice(0, 4)],
    [
      ['*.@prompts/get', 's.pic*'],
      ['@prompts/get', 'picture'],
    ],
  ])('allow %j lets through %j', async (allow, expected) => {
    expect(await allowed({ allow })).toEqual(expected);
  });

  test.each(['s.@resource', 's.@resources', '*.@prompts/delete_*'])(
    'a rule for %s, which there is not, is refused',
    async (pattern) => {
      await expect(open('plain', { deny: [pattern] })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('resources/list, resources/read, prompts/list'),
      });
    },
  );

  test('deny of tools does not deny resources, and the other way round', async () => {
    expect(await allowed({ deny: ['s.*e*'] })).toEqual(tools.slice(0, 4));
    expect(await allowed({ deny: ['s.@*'] })).toEqual(['picture']);
  });

  test('is asked with what is sent, and is told of blobs', async () => {
    const requests: ApprovalRequest[] = [];
    const approver: Approver = {
      approve: async (request) => {
        requests.push(request);
        return 'once';
      },
    };
    const bridge = await open('plain', { ask: ['s.@*', 's.measure'], approver });
    const { json, blobs } = await done(read(bridge, 'file:///big.bin'));
    const handle = JSON.parse(json).contents[0].blob;
    const paramsJson = JSON.stringify({ data: handle });
    const { signal } = new AbortController();
    await bridge.callTool(
      { server: 's', tool: 'measure', paramsJson, ...(blobs && { blobs }) },
      { signal },
    );
    expect(requests).toMatchObject([
      { tool: '@resources/read', paramsJson: '{"uri":"file:///big.bin"}' },
      { tool: 'measure', paramsJson, blobs: [{ handle, bytes: 30_000 }] },
    ]);
  });

  test('reads are kept where the operator says so, or believes the server', async () => {
    for (const policy of [{ cacheable: ['s.@resources/read'] }, { trustAnnotations: true }]) {
      const bridge = await open('plain', { policy });
      const first = await done(read(bridge, 'file:///notes.txt'));
      expect(await done(read(bridge, 'file:///notes.txt'))).toEqual({ ...first, cached: true });
      const big = await done(read(bridge, 'file:///big.bin'));
      const again = await done(read(bridge, 'file:///big.bin'));
      expect(again.cached).toBe(true);
      expect(again.json).toBe(big.json);
      expect(again.blobs).toEqual(big.blobs);
    }
    const plain = await open();
    await done(read(plain, 'file:///notes.txt'));
    expect((await done(read(plain, 'file:///notes.txt'))).json).toContain('read 2');
  });

  test('what holds for one server does not hold for another', async () => {
    const servers = { s: run('offering.ts'), t: run('offering.ts') };
    const bridge = await openBridge(servers, { policy: { cacheable: ['s.@resources/read'] } });
    const from = (server: string) =>
      done(call(bridge, server, '@resources/read', { uri: 'file:///notes.txt' }));
    await from('s');
    expect((await from('s')).cached).toBe(true);
    await from('t');
    expect((await from('t')).cached).toBe(false);
  });
});

describe('like any call', () => {
  test('is traced by its method, and audited without content', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, 'audit.jsonl');
    const audit = createAudit({ path: file });
    const exporter = new InMemorySpanExporter();
    const spanProcessors = [new SimpleSpanProcessor({ exporter })];
    const tracerProvider = new TracerProvider({ spanProcessors });
    const telemetry = createTelemetry({ tracerProvider });
    const bridge = await open('plain', { audit, telemetry });
    await done(read(bridge, 'file:///notes.txt'));
    await failureOf(read(bridge, 'file:///canary'));
    await audit.close();
    const text = await readFile(file, 'utf8');
    expect(readAudit(text)).toMatchObject([
      { tool: '@resources/read', status: 'done', argsDigest: expect.any(String) },
      { tool: '@resources/read', status: 'failed', code: 'UNKNOWN_RESOURCE' },
    ]);
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual(['resources/read', 'resources/read']);
    expect(spans[1]?.attributes).toMatchObject({
      'mcp.method.name': 'resources/read',
      'mcp_cli.server.id': 's',
      'error.type': 'UNKNOWN_RESOURCE',
    });
    expect(spans[0]?.attributes).not.toHaveProperty('gen_ai.tool.name');
    expect(text + JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain(
      'canary',
    );
  });

  test('counts at the rates that name it, or its server', async () => {
    const rates = [{ tools: 's.@resources/*', calls: 1, intervalMs: 60_000 }];
    const bridge = await open('plain', { policy: { rates, rateWaitMs: 0 } });
    await done(read(bridge, 'file:///notes.txt'));
    expect(await failureOf(read(bridge, 'file:///notes.txt'))).toMatchObject({
      status: 'refused',
      code: 'RATE_LIMITED',
    });
    await done(call(bridge, 's', '@resources/list'));
    await done(call(bridge, 's', 'picture', { bytes: 3 }));
  });

  test('ends at its deadline, and when it is cancelled', async () => {
    const bridge = await open('hang', { caps: { callMs: 300 } });
    expect(await failureOf(read(bridge, 'file:///notes.txt'))).toMatchObject({
      status: 'unknown',
      code: 'CALL_TIMEOUT',
    });
    expect(await failureOf(call(bridge, 's', '@prompts/list'))).toMatchObject({
      code: 'CALL_TIMEOUT',
    });
    const controller = new AbortController();
    const cancelled = call(bridge, 's', '@resources/list', {}, controller.signal);
    controller.abort();
    expect(await failureOf(cancelled)).toMatchObject({ code: 'ABORTED' });
  });

  test('is repeated only where it is believed to be a read', async () => {
    for (const [policy, status] of [
      [{}, 'unknown'],
      [{ trustAnnotations: true }, 'done'],
    ] as const) {
      const folder = await scratchFolder();
      const server = run('offering.ts', 'dies-once', path.join(folder, 'asked'));
      const bridge = await openBridge({ s: server }, { folder, policy });
      expect((await read(bridge, 'file:///notes.txt')).status).toBe(status);
    }
  });

  test('goes through the content filter both ways', async () => {
    const filter = { outgoing: ['email'], restoreFor: ['@prompts/get'] };
    const bridge = await openBridge({ s: { ...run('offering.ts'), filter } });
    const greet = (who: string) =>
      call(bridge, 's', '@prompts/get', { name: 'greet', arguments: { who } });
    const { json } = await done(greet('ann@example.org'));
    expect(json).not.toContain('ann@');
    const [token] = /\[\[EMAIL:\w+\]\]/.exec(json) ?? [''];
    const { json: again } = await done(greet(token));
    expect(JSON.parse(again)).toMatchObject({
      description: '15 letters',
      messages: [{ content: { text: `Hi ${token}` } }],
    });
    expect(await failureOf(greet('[[EMAIL:000000000000000000000000]]'))).toMatchObject({
      code: 'UNKNOWN_TOKEN',
    });
  });
});

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
