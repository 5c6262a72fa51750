import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, type Refusal, refuse } from './answer.ts';
import { createAuthenticate } from './authenticate.ts';
import { resolveCaps } from './caps.ts';
import type { HttpClient } from './client.ts';
import { drain } from './drain.ts';
import type { HttpOptions, HttpServing } from './http-options.ts';
import { listen } from './listen.ts';
import { McpEndpoint } from './mcp-endpoint.ts';
import { reachOf } from './reach.ts';
import type { TokenStore } from './token-store.ts';

const routes = { mcp: '/mcp', health: '/healthz', metrics: '/metrics' } as const;
/** How often it is looked for what is over. */
const tendMs = 1_000;
const defaultGraceMs = 10_000;

/**
 * Serves MCP over Streamable HTTP, with `/healthz` and `/metrics`.
 * @throws SandboxError `USAGE`: it would be open to other machines without a token, or an address,
 * host, origin or cap that cannot be used
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServing> {
  const caps = resolveCaps(options.caps);
  const { log, metrics, tokens } = options;
  const { hosts, requireToken, guard } = await reachOf(options);
  const { failuresPerMinute } = caps;
  const authenticate = createAuthenticate({ tokens, requireToken, failuresPerMinute, log });
  const onRefusal = ({ reason }: Refusal) => metrics.refusal(reason);
  const endpoint = new McpEndpoint({
    agentServerFor: options.agentServerFor,
    caps,
    log,
    now: Date.now,
    isValid: (client) => isValid(client, tokens, log),
    onRefusal,
  });
  let state: 'ready' | 'draining' = 'ready';

  const reject = (req: IncomingMessage, res: ServerResponse, refusal: Refusal) => {
    onRefusal(refusal);
    refuse(req, res, refusal);
  };

  const handle = async (req: IncomingMessage, res: ServerResponse, proceed: () => void) => {
    const route = routeOf(req);
    observe(options, route, req, res);
    res.setHeader('x-content-type-options', 'nosniff');
    res.setHeader('cache-control', 'no-store');
    if (route === 'health') return healthz(res, state);
    const refusal = guard.check(req);
    if (refusal !== undefined) return reject(req, res, refusal);
    if (route === 'other') return reject(req, res, notFound);
    if (route === 'mcp') guard.share(req, res);
    if (req.method === 'OPTIONS' && res.hasHeader('access-control-allow-origin')) {
      return answer(res, 204, '', {});
    }
    const client = authenticate(req, route === 'mcp' ? 'agents' : 'metrics');
    if ('refusal' in client) return reject(req, res, client.refusal);
    if (route === 'mcp') return endpoint.handle(client, req, res, proceed);
    const { text, contentType } = await metrics.read();
    return answer(res, 200, text, { 'content-type': contentType });
  };

  const listeners = await listen({
    hosts,
    port: options.listen.port,
    caps,
    onBytes: (direction, count) => metrics.bytes(direction, count),
    onRequest: (req, res, proceed) => {
      handle(req, res, proceed).catch((err) => {
        log.error({ err }, 'a request failed');
        res.destroy();
      });
    },
  });
  metrics.gauge('sessions', () => endpoint.sessions);
  metrics.gauge('connections', () => listeners.connections);
  metrics.gauge('requests_in_flight', () => endpoint.inFlight);
  const tending = setInterval(() => endpoint.tend(), tendMs).unref();
  const urls = listeners.addresses.map(urlOf);
  log.info({ urls, requireToken }, 'listening');

  let closed: Promise<void> | undefined;
  return {
    urls,
    close(graceMs = defaultGraceMs) {
      state = 'draining';
      closed ??= drain(endpoint, listeners, options, graceMs).finally(() => {
        clearInterval(tending);
        log.info('closed');
      });
      return closed;
    },
  };
}

function isValid(
  { grant, principal }: HttpClient,
  tokens: TokenStore | undefined,
  log: HttpOptions['log'],
): boolean {
  if (grant === undefined) return true;
  try {
    return tokens?.grantOf(principal) === grant;
  } catch (err) {
    log.error({ err, client: principal }, 'a token cannot be checked');
    return false;
  }
}

type Route = keyof typeof routes | 'other';

function routeOf({ url = '' }: IncomingMessage): Route {
  const [path] = url.split('?');
  const names = Object.keys(routes) as (keyof typeof routes)[];
  return names.find((name) => routes[name] === path) ?? 'other';
}

function healthz(res: ServerResponse, state: string): void {
  const status = state === 'ready' ? 200 : 503;
  answer(res, status, `${state}\n`, { 'content-type': 'text/plain' });
}

const notFound: Refusal = {
  status: 404,
  reason: 'path',
  message: 'There is nothing here. MCP is at /mcp.',
};

function observe(
  { metrics, log }: HttpOptions,
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const started = performance.now();
  res.once('close', () => {
    const ms = performance.now() - started;
    const { method = '' } = req;
    const status = res.headersSent ? res.statusCode : 499;
    metrics.request(
      route,
      method,
      status,
      req.method === 'GET' && route === 'mcp' ? undefined : ms / 1_000,
    );
    log.debug({ route, method, status, ms: Math.round(ms) }, 'request');
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}${routes.mcp}`;
}
