import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createTelemetry } from '@org/bridge/telemetry';
import { nothingUsed, type RunOutcome } from '@org/core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { traceRuns } from '../../src/http/trace-runs.ts';
import { eras, everything, openHost, openServer } from '../harness.ts';
import { eventually, initialize, modernCall, openSession, post, test } from './harness.ts';

const spans = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
});
afterAll(() => {
  context.disable();
  propagation.disable();
  trace.disable();
});

for (const era of eras) {
  test(`a run over HTTP is traced from the request to its calls (${era})`, async ({ serve }) => {
    spans.reset();
    const host = await openHost({ servers: everything, telemetry: createTelemetry() });
    const server = openServer(traceRuns(host));
    const { url } = await serve({
      agentServerFor: ({ principal }, connection) => server.connect(principal, connection),
    });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const client = new Client(
      { name: 'agent', version: '1' },
      { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
    );
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
    });
    await client.connect(transport);
    onTestFinished(() => client.close());
    const code = `
      import { echo } from './servers/everything';
      return await echo({ message: 'hello' });`;
    const result = await client.callTool({ name: 'execute_code', arguments: { code } });
    expect(result.isError).not.toBe(true);
    expect(JSON.stringify(result.structuredContent)).toContain('Echo: hello');

    const ended = () => spans.getFinishedSpans();
    const byName = (name: string) => ended().find((span) => span.name === name);
    await eventually(
      () => ended().filter(({ name }) => name === 'POST /mcp').length,
    ).toBeGreaterThan(1);
    const run = byName('run code');
    const request = ended().find(
      (span) => span.spanContext().spanId === run?.parentSpanContext?.spanId,
    );
    const call = byName('tools/call echo');
    expect(request?.name).toBe('POST /mcp');
    expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(call?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(call?.spanContext().traceId).toBe(traceId);
    expect(run?.attributes).toMatchObject({ 'mcp_cli.run.status': 'returned' });
    const session = transport.sessionId;
    expect(ended().flatMap(({ attributes }) => Object.values(attributes))).not.toContain(
      session ?? 'none',
    );
  });
}

test('a trace goes on from the message where the headers have none', async ({ serve }) => {
  spans.reset();
  const { url } = await serve();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { message, headers } = modernCall('echo', {});
  const traced = (traceparent: unknown) => ({
    ...message,
    params: { ...message.params, _meta: { ...message.params._meta, traceparent } },
  });
  const good = await post(url, traced(`00-${traceId}-00f067aa0ba902b7-01`), { headers });
  const odd = await post(url, traced({ length: 1 }), { headers });
  expect([good.status, odd.status]).toEqual([200, 200]);
  await eventually(() => spans.getFinishedSpans().length).toBe(2);
  expect(spans.getFinishedSpans().map((span) => span.spanContext().traceId)).toEqual([
    traceId,
    expect.not.stringContaining(traceId),
  ]);
});

test('metrics are read on this machine, or with a token for them', async ({ serve, tokens }) => {
  const reader = await tokens.add({ name: 'prometheus', use: 'metrics' });
  const agent = await tokens.add({ name: 'ci', use: 'agents' });
  const metricsOf = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL('/metrics', url), { headers });
    return [response.status, (await response.text()).includes('mcp_cli_requests_in_flight')];
  };
  const local = await serve({ tokens });
  expect(await metricsOf(local.url)).toEqual([200, true]);
  expect(await metricsOf(local.url, { 'x-forwarded-for': '10.0.0.1' })).toEqual([401, false]);
  const guarded = await serve({ tokens, requireToken: true });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  expect(await metricsOf(guarded.url)).toEqual([401, false]);
  expect(await metricsOf(guarded.url, bearer(agent))).toEqual([403, false]);
  expect(await metricsOf(guarded.url, bearer(reader))).toEqual([200, true]);
  expect((await post(guarded.url, initialize, { token: reader })).status).toBe(403);
});

test('requests, refusals and sessions are counted', async ({ serve }) => {
  const { url, metrics } = await serve();
  await openSession(url);
  await post(url, initialize, { headers: { origin: 'https://evil.com' } });
  await fetch(new URL('/no-such-path?x=1', url), { method: 'PURGE' });
  await eventually(metrics).toContain('route="other",method="other",status="404"} 1');
  const text = await metrics();
  expect(text).toContain('mcp_cli_sessions 1');
  expect(text).toContain('mcp_cli_requests_total{route="mcp",method="POST",status="200"} 1');
  expect(text).toContain('mcp_cli_requests_total{route="mcp",method="POST",status="202"} 1');
  expect(text).toContain('mcp_cli_refusals_total{reason="origin"} 1');
  expect(text).not.toContain('no-such-path');
});

test('names that programs and servers make up cost a bounded number of series', async () => {
  const metrics = createMetrics();
  const outcome = (calls: RunOutcome['calls']): RunOutcome => ({
    status: 'returned',
    value: null,
    logs: [],
    calls,
    usage: nothingUsed,
    runId: 'r',
  });
  const call = (server: string, tool: string, status: 'done' | 'failed' | 'refused') => {
    return { server, tool, status, ms: 1, bytes: 1, cached: false };
  };
  const many = (status: 'done' | 'failed' | 'refused') =>
    Array.from({ length: 3_000 }, (_, index) => call(`s${index % 7}`, `t${index}`, status));
  metrics.run(outcome(many('refused')));
  metrics.run(outcome(many('failed')));
  const series = async () =>
    (await metrics.read()).text
      .split('\n')
      .filter((line) => line.startsWith('mcp_cli_tool_calls_total'));
  expect(await series()).toEqual([
    'mcp_cli_tool_calls_total{server="other",tool="other",status="refused"} 3000',
    'mcp_cli_tool_calls_total{server="other",tool="other",status="failed"} 3000',
  ]);
  metrics.run(outcome([call('s0', 'evil"}\n\u001B[31m', 'done')]));
  metrics.run(outcome(many('done')));
  metrics.run(outcome(many('failed')));
  const lines = await series();
  expect(lines.length).toBeLessThan(2 * 1_000 + 30);
  expect(lines.join()).not.toContain('\u001B');
  expect(lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(12_001);
});

test('a suspended run is counted as such, and its work once it has ended', async () => {
  const metrics = createMetrics();
  const usage = { ...nothingUsed, fuel: 100, wallMs: 1_000 };
  const rest = { logs: [], calls: [], usage, runId: 'r' };
  metrics.run({ status: 'suspended', ...rest });
  metrics.run({ status: 'returned', value: 1, ...rest });
  const { text } = await metrics.read();
  expect(text).toContain('mcp_cli_runs_total{outcome="suspended"} 1');
  expect(text).toContain('mcp_cli_run_fuel_total 100');
  expect(text).toContain('mcp_cli_run_duration_seconds_count 1');
});

test('the log is a JSON object a line, without what would let somebody in', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const headers = { authorization: 'Bearer s3cret', 'mcp-session-id': 's3cret', host: 'x' };
  log.info({ req: { headers }, headers, authorization: 's3cret', token: 's3cret' }, 'request');
  log.debug('not at this level');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 30,
    msg: 'request',
    headers: { host: 'x' },
  });
  expect(lines[0]).not.toContain('s3cret');
});
