import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { AgentClient, AgentHost, AgentRun, RunWatch } from '../agent-host.ts';
import type { ServerMetrics } from './metrics.ts';

type Run<Request> = (request: Request, watch: RunWatch) => Promise<AgentRun>;

/**
 * `host`, whose runs are counted, each within a span: the calls that it makes are spans in that one.
 * To be used once for a host and its metrics.
 */
export function observeHost(host: AgentHost, metrics: ServerMetrics): AgentHost {
  let inFlight = 0;
  metrics.gauge('runs_in_flight', () => inFlight);

  const observe = <Request>(kind: string, run: Run<Request>): Run<Request> => {
    return (request, watch) =>
      trace.getTracer('@org/server').startActiveSpan(`run ${kind}`, async (span) => {
        inFlight++;
        try {
          const ended = await run(request, watch);
          const { status, runId } = ended.outcome;
          span.setAttributes({ 'mcp_cli.run.id': runId, 'mcp_cli.run.status': status });
          if (status !== 'returned' && status !== 'suspended') {
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          metrics.run(ended.outcome);
          return ended;
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          inFlight--;
          span.end();
        }
      });
  };

  return {
    clientOf(principal) {
      const client = host.clientOf(principal);
      return instead(client, {
        execute: observe('code', (request, watch) => client.execute(request, watch)),
        runSkill: observe('skill', (request, watch) => client.runSkill(request, watch)),
        resume: observe('resume', (request, watch) => client.resume(request, watch)),
      });
    },
  };
}

/** `client` with some of its members replaced; the others are used as they are. */
function instead(client: AgentClient, members: Partial<AgentClient>): AgentClient {
  return new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
