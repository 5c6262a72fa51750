import type { IncomingMessage } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Served } from './served-client.ts';

/**
 * Serves a request within a span that continues the trace of `traceparent`, in the headers or else in
 * the message. Without a registered SDK of OpenTelemetry it only serves.
 * @param meta `_meta` of the message
 */
export function inRequestSpan(
  req: IncomingMessage,
  meta: unknown,
  serve: () => Promise<Served>,
): Promise<Served> {
  const carrier = 'traceparent' in req.headers ? req.headers : (meta ?? {});
  const parent = propagation.extract(context.active(), carrier);
  const method = req.method ?? '';
  const options = {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': '/mcp' },
  };
  const tracer = trace.getTracer('@org/server');
  return tracer.startActiveSpan(`${method} /mcp`, options, parent, async (span) => {
    try {
      const served = await serve();
      const { status } = served.response;
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      if (served.answered === undefined) span.end();
      else void served.answered.finally(() => span.end());
      return served;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      throw error;
    }
  });
}
