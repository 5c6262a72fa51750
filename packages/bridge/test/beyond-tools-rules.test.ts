// What holds for calls of tools holds for resources and prompts.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ApprovalRequest, Approver } from '@org/core';
import { describe, expect, test } from 'vitest';
import { createAudit, readAudit } from '../src/index.ts';
import { createTelemetry } from '../src/telemetry.ts';
import { call, failureOf, openBridge, run, scratchFolder } from './harness.ts';
import { done, open, read } from './offering.ts';

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
