import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { AgentClient, AgentHost, AgentRun, RunWatch } from '../agent-host.ts';

type Run<Request> = (request: Request, watch: RunWatch) => Promise<AgentRun>;

/**
 * `host`, whose runs are spans: within that of the request which asked for them, and with those of
 * their calls in them. Without a registered SDK of OpenTelemetry nothing is recorded.
 */
export function traceRuns(host: AgentHost): AgentHost {
  return {
    clientOf(principal) {
      const client = host.clientOf(principal);
      return instead(client, {
        execute: inSpan('code', (request, watch) => client.execute(request, watch)),
        runSkill: inSpan('skill', (request, watch) => client.runSkill(request, watch)),
        resume: inSpan('resume', (request, watch) => client.resume(request, watch)),
      });
    },
  };
}

function inSpan<Request>(kind: string, run: Run<Request>): Run<Request> {
  return (request, watch) =>
    trace.getTracer('@org/server').startActiveSpan(`run ${kind}`, async (span) => {
      try {
        const ended = await run(request, watch);
        const { status, runId } = ended.outcome;
        span.setAttributes({ 'mcp_cli.run.id': runId, 'mcp_cli.run.status': status });
        if (status !== 'returned' && status !== 'suspended') {
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return ended;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
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
