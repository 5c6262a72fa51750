// The two forms of the protocol: with a handshake (2025-11-25 and before), and without (2026-07-28).
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server';
import type { ServerId } from '@org/core';
import { expect, onTestFinished, test } from 'vitest';
import { call, eventually, failureOf, introspect, openBridge, resultOf, run } from './harness.ts';

const web = 'web' as ServerId;

const who = fromJsonSchema<{ name: string }>({
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
});

/** A server of the SDK's that speaks 2026-07-28, and the methods that it was asked for. */
async function startModernServer() {
  const tools = ['greet'];
  const handler = createMcpHandler(() => {
    const server = new McpServer(
      { name: 'modern', version: '2' },
      { capabilities: { logging: {} } },
    );
    for (const name of tools) {
      server.registerTool(name, {}, async (context) => {
        await context.mcpReq.log('warning', 'careful');
        return { content: [{ type: 'text', text: 'hi' }] };
      });
    }
    server.registerResource('note', 'note://1', { cacheHint: { ttlMs: 60_000 } }, (uri) => ({
      contents: [{ uri: uri.href, text: 'remember' }],
    }));
    server.registerPrompt('greet', { argsSchema: who }, ({ name }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Hi ${name}` } }],
    }));
    const region = { type: 'string', 'x-mcp-header': 'Region' };
    const at = {
      type: 'object',
      properties: { deep: { type: 'integer', 'x-mcp-header': 'Deep' } },
    };
    const schema = fromJsonSchema<object>({ type: 'object', properties: { region, at } });
    server.registerTool('query', { inputSchema: schema }, (params) => ({
      content: [{ type: 'text', text: JSON.stringify(params) }],
    }));
    server.registerTool('ask', {}, () => inputRequired({ requestState: 'more' }));
    return server;
  });
  const methods: unknown[] = [];
  const params: object[] = [];
  const serve = toNodeHandler(handler);
  const http = createServer((request, response) => {
    methods.push(request.headers['mcp-method'] ?? request.method);
    const sent = Object.entries(request.headers).filter(([name]) => name.startsWith('mcp-param-'));
    if (sent.length > 0) params.push(Object.fromEntries(sent));
    return serve(request as Parameters<typeof serve>[0], response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, methods, params, tools, handler };
}

test('a server of 2026-07-28 is spoken to without a handshake', async () => {
  const { url, methods } = await startModernServer();
  const bridge = await openBridge({ web: { url } });
  expect(await resultOf(call(bridge, 'web', 'greet'))).toBe('hi');
  expect((await bridge.catalog(web)).protocolVersion).toBe('2026-07-28');
  expect(methods[0]).toBe('server/discover');
  expect(methods).not.toContain('initialize');
});

test('what a server speaks is asked once, not at each connection', async () => {
  const { url, methods } = await startModernServer();
  const bridge = await openBridge({ web: { url } }, { caps: { idleMs: 10 } });
  for (let count = 0; count < 3; count++) {
    expect(await resultOf(call(bridge, 'web', 'greet'))).toBe('hi');
    await eventually(() => bridge.status(web).state).toBe('initialised');
  }
  expect(methods.filter((method) => method === 'server/discover')).toHaveLength(1);
  expect(methods.filter((method) => method === 'tools/list')).toHaveLength(3);
});

test('a tool that asks for input is a failed call', async () => {
  const { url } = await startModernServer();
  const bridge = await openBridge({ web: { url } });
  expect(await failureOf(call(bridge, 'web', 'ask'))).toMatchObject({
    status: 'failed',
    code: 'TOOL_FAILED',
    message: expect.stringContaining('asks for input'),
  });
});

test('logs of a server of 2026-07-28 become events', async () => {
  const { url } = await startModernServer();
  const texts: string[] = [];
  const bridge = await openBridge(
    { web: { url } },
    { onServerEvent: ({ text }) => void texts.push(text) },
  );
  await resultOf(call(bridge, 'web', 'greet'));
  await eventually(() => texts).toEqual(['careful']);
});

test('a change that a server of 2026-07-28 tells refreshes the catalog', async () => {
  const { url, tools, handler, methods } = await startModernServer();
  const bridge = await openBridge({ web: { url } });
  const before = (await bridge.catalog(web)).tools.length;
  await eventually(() => methods).toContain('subscriptions/listen');
  tools.push('later');
  await eventually(async () => {
    handler.notify.toolsChanged();
    return (await bridge.catalog(web)).tools.length;
  }).toBe(before + 1);
});

test('parameters that a tool wants in headers are there, and arrive as they were', async () => {
  const { url, params } = await startModernServer();
  const bridge = await openBridge({ web: { url } });
  const all = [
    { region: 'eu-west', at: { deep: 7 } },
    { region: ' ü\r\nX-Evil: 1', at: { deep: -1 } },
    { region: '=?base64?AAAA?=' },
    {},
  ];
  for (const sent of all) expect(await resultOf(call(bridge, 'web', 'query', sent))).toEqual(sent);
  const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  expect(params).toEqual([
    { 'mcp-param-region': 'eu-west', 'mcp-param-deep': '7' },
    { 'mcp-param-region': base64(' ü\r\nX-Evil: 1'), 'mcp-param-deep': '-1' },
    { 'mcp-param-region': base64('=?base64?AAAA?=') },
  ]);
});

test('a server says how long its list of tools holds', async () => {
  const { url } = await startModernServer();
  const told: (number | undefined)[] = [];
  const spy: typeof introspect = async (source) => {
    const catalog = await introspect(source);
    told.push(source.ttlMs);
    return catalog;
  };
  const bridge = await openBridge(
    { web: { url }, good: run('well-behaved.ts') },
    { introspect: spy },
  );
  await bridge.catalog(web);
  await bridge.catalog('good' as ServerId);
  expect(told).toEqual([0, undefined]);
});

test('resources and prompts of a server of 2026-07-28', async () => {
  const { url, methods } = await startModernServer();
  const policy = { cacheable: ['web.@resources/*'] };
  const bridge = await openBridge({ web: { url } }, { policy });
  const read = (uri: string) => call(bridge, 'web', '@resources/read', { uri });
  expect(await resultOf(call(bridge, 'web', '@resources/list'))).toMatchObject({
    resources: [{ uri: 'note://1', name: 'note' }],
    resourceTemplates: [],
  });
  expect(await resultOf(read('note://1'))).toEqual({
    contents: [{ uri: 'note://1', text: 'remember' }],
  });
  expect(await read('note://1')).toMatchObject({ cached: true });
  // Its list says `ttlMs: 0`.
  expect(await call(bridge, 'web', '@resources/list')).toMatchObject({ cached: false });
  const prompt = { name: 'greet', arguments: { name: 'Ann' } };
  expect(await resultOf(call(bridge, 'web', '@prompts/get', prompt))).toEqual({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hi Ann' } }],
  });
  const failures = [
    await failureOf(read('note://2')),
    await failureOf(call(bridge, 'web', '@prompts/get', { name: 'gret' })),
    await failureOf(call(bridge, 'web', '@prompts/get', { name: 'greet' })),
  ];
  expect(failures.map(({ code }) => code)).toEqual([
    'UNKNOWN_RESOURCE',
    'UNKNOWN_PROMPT',
    'INVALID_PARAMS',
  ]);
  expect(failures[2]?.message).toBe(
    'The prompt "greet" lacks the arguments: name. It takes: name.',
  );
  expect(methods).not.toContain('initialize');
});
