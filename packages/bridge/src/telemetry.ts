import {
  type Attributes,
  context as contexts,
  type Meter,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import {
  type CallOptions,
  type ErrorCode,
  methodOf,
  type ToolCall,
  type ToolCallOutcome,
} from '@org/core';

/** What is sent in a request's `_meta`. */
export type RequestMeta = Readonly<Record<string, string>>;

type CallTool<Options extends CallOptions> = (
  call: ToolCall,
  options: Options,
) => Promise<ToolCallOutcome>;

export interface TelemetryOptions {
  /** Default: the global ones, which do nothing unless an SDK was registered before. */
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
}

const scope = '@org/bridge';
const toolsCall = 'tools/call';

/**
 * Errors of calls whose server is known to exist, and of those whose tool is too. In the others the
 * names are the program's, which could make up some without end.
 */
const ofServer: readonly ErrorCode[] = [
  'NOT_ALLOWED',
  'SERVER_UNAVAILABLE',
  'UNKNOWN_TOOL',
  'UNKNOWN_RESOURCE',
  'UNKNOWN_PROMPT',
  'INVALID_PARAMS',
  'PARAMS_TOO_LARGE',
];
const ofTool: readonly ErrorCode[] = ['TOOL_FAILED', 'RESULT_TOO_LARGE', 'QUOTA_EXCEEDED'];

/** Boundaries in seconds, as the semantic conventions for MCP advise. */
const boundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** Spans and metrics of calls; one for any number of bridges. */
export interface Telemetry {
  /** `callTool` with a span for each call, whose context goes to the server. */
  trace<Options extends CallOptions>(
    callTool: CallTool<Options & { readonly meta?: RequestMeta }>,
  ): CallTool<Options>;
}

/**
 * Spans and metrics of calls, through the OpenTelemetry API alone. Names follow the semantic
 * conventions for MCP (in development): `mcp.method.name`, `gen_ai.tool.name`, `error.type`,
 * `mcp.client.operation.duration`; what these have no name for begins with `mcp_cli`. No argument,
 * result or message of an error is recorded.
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  return new ApiTelemetry(options);
}

interface Ended {
  readonly span: Span;
  readonly method: string;
  readonly call: ToolCall;
  readonly outcome: ToolCallOutcome;
  readonly ms: number;
}

class ApiTelemetry implements Telemetry {
  readonly #tracer: Tracer;
  readonly #calls: ReturnType<Meter['createCounter']>;
  readonly #duration: ReturnType<Meter['createHistogram']>;

  constructor({ tracerProvider, meterProvider }: TelemetryOptions) {
    this.#tracer = (tracerProvider ?? trace).getTracer(scope);
    const meter = (meterProvider ?? metrics).getMeter(scope);
    this.#calls = meter.createCounter('mcp_cli.calls', {
      unit: '{call}',
      description: 'Calls by how they ended.',
    });
    this.#duration = meter.createHistogram('mcp.client.operation.duration', {
      unit: 's',
      description: 'From the call of a program to its answer.',
      advice: { explicitBucketBoundaries: boundaries },
    });
  }

  trace<Options extends CallOptions>(
    callTool: CallTool<Options & { readonly meta?: RequestMeta }>,
  ): CallTool<Options> {
    return async (call, options) => {
      const started = performance.now();
      const method = methodOf(call.tool) ?? toolsCall;
      const span = this.#start(method, options);
      const meta = metaOf(span);
      const parent = trace.setSpan(contexts.active(), span);
      const outcome = await contexts.with(parent, () =>
        callTool(call, meta === undefined ? options : { ...options, meta }),
      );
      this.#end({ span, method, call, outcome, ms: performance.now() - started });
      return outcome;
    };
  }

  #start(method: string, { context = {} }: CallOptions): Span {
    const { runId, session } = context;
    return this.#tracer.startSpan(method, {
      kind: SpanKind.CLIENT,
      attributes: {
        'mcp.method.name': method,
        ...(method === toolsCall && { 'gen_ai.operation.name': 'execute_tool' }),
        ...(runId !== undefined && { 'mcp_cli.run.id': runId }),
        ...(session !== undefined && { 'mcp_cli.session.id': session }),
      },
    });
  }

  #end({ span, method, call, outcome, ms }: Ended): void {
    const { status } = outcome;
    const code = status === 'done' ? undefined : outcome.error.code;
    const wasSent = code === undefined || status === 'unknown';
    const isTool = method === toolsCall;
    const knowsTool = isTool && (wasSent || ofTool.includes(code));
    const knowsServer = wasSent || ofTool.includes(code) || ofServer.includes(code);
    const attributes: Attributes = {
      'mcp.method.name': method,
      ...(knowsServer && { 'mcp_cli.server.id': call.server }),
      ...(knowsTool && { 'gen_ai.tool.name': call.tool }),
      ...(code !== undefined && { 'error.type': errorType(code) }),
    };
    span.setAttributes({ ...attributes, 'mcp_cli.call.status': status });
    if (knowsTool) span.updateName(`${method} ${call.tool}`);
    if (status === 'done') span.setAttribute('mcp_cli.call.cached', outcome.cached);
    else span.setStatus({ code: SpanStatusCode.ERROR });
    this.#calls.add(1, { ...attributes, 'mcp_cli.call.status': status });
    this.#duration.record(ms / 1_000, attributes);
    span.end();
  }
}

function errorType(code: ErrorCode): string {
  return code === 'TOOL_FAILED' ? 'tool_error' : code;
}

/** The trace context in the form of the W3C; undefined where nobody traces. */
function metaOf(span: Span): RequestMeta | undefined {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  if (/^0+$/.test(traceId)) return undefined;
  const flags = traceFlags.toString(16).padStart(2, '0');
  const state = traceState?.serialize() ?? '';
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state !== '' && { tracestate: state }),
  };
}
