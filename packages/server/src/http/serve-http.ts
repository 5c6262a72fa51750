import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SandboxError } from '@org/core';
import { answer, type Refusal, refuse } from './answer.ts';
import { createAuthenticate } from './authenticate.ts';
import { resolveCaps } from './caps.ts';
import type { HttpClient } from './client.ts';
import type { HttpOptions, HttpServing } from './http-options.ts';
import { type Listeners, listen } from './listen.ts';
import { isLoopback } from './loopback.ts';
import { McpEndpoint } from './mcp-endpoint.ts';
import { createOriginGuard, parseHost } from './origin-guard.ts';
import type { TokenStore } from './token-store.ts';

const routes = { mcp: '/mcp', health: '/healthz', metrics: '/metrics' } as const;
/** How often it is looked for what is over. */
const tendMs = 1_000;
const defaultGraceMs = 10_000;
/** How long suspending runs, and then writing the last answers, may take. */
const suspendMs = 5_000;
const flushMs = 1_000;

/**
 * Serves MCP over Streamable HTTP, with `/healthz` and `/metrics`.
 * @throws SandboxError `USAGE`: it would be open to other machines without a token, or an address,
 * host, origin or cap that cannot be used
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServing> {
  const caps = resolveCaps(options.caps);
  const { log, metrics, tokens, allowedHosts = [], allowedOrigins = [] } = options;
  const { host, port } = options.listen;
  const isOpen = host !== undefined && !isLoopback(host);
  // Another name means that something passes on what comes from elsewhere.
  const isNamed = allowedHosts.some(
    (name) => !isLoopback(parseHost(name).replace(/^\[|\]$/gu, '')),
  );
  const requireToken = isOpen || isNamed || (options.requireToken ?? false);
  await requireTokens(requireToken, tokens);
  if (isOpen && isWildcard(host) && allowedHosts.length === 0) throw nameless(host);
  const guard = createOriginGuard({
    loopback: !isOpen && !isNamed,
    hosts: [...allowedHosts, ...(isOpen && !isWildcard(host) ? [host] : [])],
    origins: allowedOrigins,
  });
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
    if (route === 'health') return healthz(res, state);
    const refusal = guard.check(req);
    if (refusal !== undefined) return reject(req, res, refusal);
    if (route === 'other') return reject(req, res, notFound);
    guard.share(req, res);
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
    hosts: host === undefined ? ['127.0.0.1', '::1'] : [host],
    port,
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
  log.info({ urls, requireToken }, 'serving');

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

async function drain(
  endpoint: McpEndpoint,
  listeners: Listeners,
  { log, suspendRuns }: HttpOptions,
  graceMs: number,
): Promise<void> {
  log.info({ requests: endpoint.inFlight, graceMs }, 'draining');
  const idle = endpoint.drain();
  if (!(await settlesWithin(idle, graceMs))) {
    log.warn({ requests: endpoint.inFlight }, 'suspending the runs that are left');
    const suspended = suspendRuns()
      .catch((err) => log.error({ err }, 'runs could not be suspended'))
      .then(() => idle);
    await settlesWithin(suspended, suspendMs);
  }
  const ended = listeners.close();
  await settlesWithin(Promise.all([endpoint.close(), ended]), flushMs);
  listeners.destroy();
  await ended;
}

/** Whether `promise` settles in time. */
function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: settled, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  promise.then(
    () => resolve(true),
    () => resolve(true),
  );
  return settled.finally(() => clearTimeout(timer));
}

async function requireTokens(required: boolean, tokens: TokenStore | undefined): Promise<void> {
  if (!required) return;
  const all = (await tokens?.list()) ?? [];
  if (all.some(({ use, revokedAt }) => use === 'agents' && revokedAt === undefined)) return;
  throw new SandboxError(
    'USAGE',
    'Others than this machine could reach the server, and no token exists.',
    {
      hint: 'Add one first: mcp-cli serve token add <name>.',
    },
  );
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}

function nameless(host: string): SandboxError {
  return new SandboxError('USAGE', `By which name clients reach ${host} is not known.`, {
    hint: 'Name it with --allow-host, such as --allow-host mcp.example.org.',
  });
}

function isValid(
  { grant, principal }: HttpClient,
  tokens: TokenStore | undefined,
  log: HttpOptions['log'],
): boolean {
  if (grant === undefined) return true;
  try {
    return tokens?.grantOf(principal) !== undefined;
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
