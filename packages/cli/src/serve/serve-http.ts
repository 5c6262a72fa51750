import type { createLog, TokenStore } from '@org/server';
import { type HttpServing, type ServerMetrics, serveHttp } from '@org/server/http';
import type { Sandbox } from '@org/wasm-runtime';
import type { HostServer } from './agent-server.ts';
import type { Host } from './host.ts';
import { parseHttpCaps } from './http-caps.ts';
import type { parseListen, ServeFlags } from './serve-flags.ts';

export interface HttpParts {
  readonly host: Host;
  readonly sandbox: () => Promise<Sandbox>;
  readonly server: HostServer;
  readonly tokens: TokenStore | undefined;
  readonly log: ReturnType<typeof createLog>;
  readonly metrics: ServerMetrics;
}

/** Serves several clients, each as its token says. Throws as `serveHttp`. */
export async function serveClients(
  listen: ReturnType<typeof parseListen>,
  flags: ServeFlags,
  { host, sandbox, server, tokens, log, metrics }: HttpParts,
): Promise<HttpServing> {
  const caps = parseHttpCaps(flags['http-cap']);
  const started = await sandbox();
  metrics.gauge('runs_in_flight', () => host.running);
  metrics.gauge('runs_queued', () => started.queued);
  return serveHttp({
    ...{ listen, caps, log, metrics, requireToken: flags['require-token'] },
    ...(tokens && { tokens }),
    allowedHosts: flags['allow-host'] ?? [],
    allowedOrigins: flags['allow-origin'] ?? [],
    agentServerFor: ({ principal }, { era }) => server.connect(principal, { era }),
    suspendRuns: () => host.suspendRuns(),
  });
}
