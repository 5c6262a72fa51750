import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ContentFilter } from '@org/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BridgeOptions } from '../src/index.ts';
import { createTelemetry } from '../src/telemetry.ts';
import { call, openBridge, resultOf, run } from './harness.ts';

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

async function observed(options: Partial<BridgeOptions> = {}) {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const bridge = await openBridge(
    { good: run('people.ts') },
    { ...options, telemetry: createTelemetry({ tracerProvider, meterProvider }) },
  );
  return {
    bridge,
    tracerProvider,
    spans: () => spans.getFinishedSpans(),
    async points(name: string) {
      await reader.forceFlush();
      const scopes = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
      const metric = scopes
        .flatMap(({ metrics }) => metrics)
        .find((each) => each.descriptor.name === name);
      return metric?.dataPoints ?? [];
    },
  };
}

test('a call is a client span with the names of the conventions, and its context goes along', async () => {
  const { bridge, spans, tracerProvider } = await observed();
  const outer = tracerProvider.getTracer('test').startSpan('outer');
  const meta = await context.with(trace.setSpan(ROOT_CONTEXT, outer), () =>
    resultOf(
      bridge.callTool(
        { server: 'good', tool: 'meta', paramsJson: '{}' },
        { signal: new AbortController().signal, context: { runId: 'r1' } },
      ),
    ),
  );
  const [span] = spans();
  expect(span).toMatchObject({
    name: 'tools/call meta',
    status: { code: SpanStatusCode.UNSET },
    parentSpanContext: { spanId: outer.spanContext().spanId },
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'meta',
      'mcp_cli.server.id': 'good',
      'mcp_cli.run.id': 'r1',
      'mcp_cli.call.status': 'done',
      'mcp_cli.call.cached': false,
    },
  });
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(meta).toMatchObject({ traceparent: `00-${traceId}-${spanId}-01` });
});

test('what happens within a call is within its span', async () => {
  const within: (string | undefined)[] = [];
  const filter: ContentFilter = {
    forCall() {
      within.push(trace.getActiveSpan()?.spanContext().spanId);
      return undefined;
    },
    endSession() {},
    close() {},
  };
  const { bridge, spans } = await observed({ filter });
  await call(bridge, 'good', 'say', { text: 'a' });
  expect(within).toEqual(spans().map((span) => span.spanContext().spanId));
  expect(within).toHaveLength(1);
});

test('a failure has its type, and nothing of its message', async () => {
  const { bridge, spans } = await observed();
  await call(bridge, 'good', 'fail', { text: 'secret words' });
  const [span] = spans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span?.attributes).toMatchObject({ 'error.type': 'tool_error' });
  expect(JSON.stringify([span?.attributes, span?.events, span?.name])).not.toContain('secret');
});

test('names that a program makes up are in no name and no metric', async () => {
  const { bridge, spans, points } = await observed();
  await call(bridge, 'good', 'made-up-tool');
  await call(bridge, 'made-up-server', 'say');
  await call(bridge, 'good', 'made-up', []);
  const names = ['tools/call', 'tools/call', 'tools/call'];
  expect(spans().map(({ name }) => name)).toEqual(names);
  const all = [...(await points('mcp_cli.calls')), ...spans()].map(({ attributes }) => attributes);
  expect(JSON.stringify(all)).not.toContain('made-up');
});

test('calls are counted by how they ended, and their durations are a histogram', async () => {
  const { bridge, points } = await observed();
  await call(bridge, 'good', 'say', { text: 'a' });
  await call(bridge, 'good', 'say', { text: 'b' });
  await call(bridge, 'good', 'fail', { text: 'c' });
  const counted = (await points('mcp_cli.calls')).map(({ attributes, value }) => [
    attributes['gen_ai.tool.name'],
    attributes['mcp_cli.call.status'],
    value,
  ]);
  expect(counted).toEqual([
    ['say', 'done', 2],
    ['fail', 'failed', 1],
  ]);
  const [durations] = await points('mcp.client.operation.duration');
  expect(durations?.value).toMatchObject({
    count: 2,
    buckets: { boundaries: expect.arrayContaining([0.01, 300]) },
  });
  expect(durations?.attributes).toMatchObject({ 'gen_ai.tool.name': 'say' });
});

test('where nobody traces, requests have no trace context', async () => {
  const telemetry = createTelemetry();
  const bridge = await openBridge({ good: run('people.ts') }, { telemetry });
  const meta = await resultOf(call(bridge, 'good', 'meta'));
  expect(JSON.stringify(meta)).not.toContain('traceparent');
});
