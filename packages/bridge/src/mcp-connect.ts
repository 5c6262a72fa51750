import {
  Client,
  type PriorDiscovery,
  SdkError,
  SdkErrorCode,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { clientCapabilities } from './mcp-capabilities.ts';
import { failureOf } from './mcp-failure.ts';
import { HttpTransport } from './mcp-http.ts';
import type { OAuthAccess } from './mcp-oauth.ts';
import {
  endConnection,
  type McpSession,
  reportOf,
  Session,
  type SessionHooks,
  type Transport,
} from './mcp-session.ts';
import { SseTransport } from './mcp-sse.ts';
import type { ResolvedServer } from './server-entry.ts';
import { type ServerEvent, ServerEvents } from './server-event.ts';
import { type ConnectFailure, describeConnectFailure, type ServerReport } from './server-report.ts';
import { StdioTransport } from './stdio-transport.ts';

/**
 * Which of the two forms of the protocol a server speaks, as found out at the first connection:
 * the handshake of 2025-11-25 and before, or the stateless one since 2026-07-28. Empty: not known.
 */
export interface EraMemory {
  verdict?: PriorDiscovery;
}

export interface SessionOptions extends SessionHooks {
  /** Spares later connections the question; the caller empties it when one fails. */
  readonly era: EraMemory;
  /** Of one message from the server. */
  readonly maxFrameBytes: number;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
  readonly onEvent: ((event: ServerEvent) => void) | undefined;
  /** The server says that its list of tools has changed. */
  onToolsChanged(): void;
  /** For a server over HTTP that asks for OAuth. */
  readonly access?: OAuthAccess | undefined;
}

/** A server that does not say by then what it speaks is spoken to as those of 2025-11-25 are. */
const longestProbeMs = 3_000;

/**
 * Connects to `server` and shakes hands. An `http` server that knows no Streamable HTTP is tried
 * over HTTP+SSE, as the specification has it (2025-11-25, basic/transports, backwards compatibility).
 * @throws SandboxError `SERVER_UNAVAILABLE`: it could not be started or reached, ended, did not
 * answer within `connectMs`, or does not speak MCP
 */
export async function openSession(
  server: ResolvedServer,
  options: SessionOptions,
): Promise<McpSession> {
  try {
    return await connectTo(server, options);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (await authorise(server, error, options)) return await openSession(server, options);
    throw describeConnectFailure(server, error.report, error.failure);
  }
}

/** Whether a person was asked for access, and gave it. */
async function authorise(
  server: ResolvedServer,
  { cause }: ConnectError,
  options: SessionOptions,
): Promise<boolean> {
  if (!(cause instanceof UnauthorizedError)) return false;
  const answer = await options.access?.answer(options.signal).catch(() => undefined);
  if (answer === undefined) return false;
  const transport = createTransport(server, options);
  if (transport instanceof StdioTransport) return false;
  try {
    await transport.finishAuth(answer);
    return true;
  } catch (error) {
    throw describeConnectFailure(
      server,
      {},
      { httpStatus: 401, message: failureOf(error).message },
    );
  }
}

/** @throws ConnectError */
async function connectTo(server: ResolvedServer, options: SessionOptions): Promise<McpSession> {
  const waiting = new AbortController();
  const gaveUp = AbortSignal.any([options.signal, AbortSignal.timeout(options.connectMs)]);
  const late = new Promise<never>((_resolve, reject) => {
    gaveUp.addEventListener('abort', () => reject(gaveUp.reason), { signal: waiting.signal });
  });
  late.catch(() => {});
  const connect = async (transport: Transport, era = options.era.verdict): Promise<McpSession> => {
    const events = options.onEvent && new ServerEvents(server, options.onEvent);
    const client = createClient(options, events, transport instanceof HttpTransport);
    const prior = transport instanceof HttpTransport ? era : undefined;
    try {
      gaveUp.throwIfAborted();
      // The SDK's own timeout does not cover the notification that ends the handshake.
      const timeout = options.connectMs * 2;
      await Promise.race([client.connect(transport, { timeout, ...(prior && { prior }) }), late]);
      if (transport instanceof HttpTransport) options.era.verdict = eraOf(client);
      listenForChanges(client);
      return new Session(server, client, transport, options, events);
    } catch (error) {
      const failure = gaveUp.aborted
        ? { timedOutMs: options.connectMs, message: '' }
        : failureOf(error);
      const report = reportOf(transport);
      await endConnection(transport);
      throw new ConnectError(failure, report, error);
    }
  };
  try {
    return await connect(createTransport(server, options))
      .catch((error: ConnectError) => {
        if (!isSilence(error)) throw error;
        return connect(createTransport(server, options), { kind: 'legacy' });
      })
      .catch((error: ConnectError) => {
        if (server.type !== 'http' || !isUnknownTransport(error)) throw error;
        const sse = createTransport({ ...server, type: 'sse' }, options);
        // What the server said to Streamable HTTP tells more than what it says to this.
        return connect(sse).catch(() => Promise.reject(error));
      });
  } finally {
    waiting.abort();
  }
}

class ConnectError extends Error {
  readonly failure: ConnectFailure;
  readonly report: ServerReport;

  constructor(failure: ConnectFailure, report: ServerReport, cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
    this.report = report;
  }
}

/** The server did not answer the question what it speaks. */
function isSilence({ failure, cause }: ConnectError): boolean {
  const isTimeout = cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout;
  return isTimeout && failure.timedOutMs === undefined;
}

function isUnknownTransport({ failure: { httpStatus } }: ConnectError): boolean {
  return httpStatus === 400 || httpStatus === 404 || httpStatus === 405;
}

/** @param asks whether to find out what the server speaks; over stdio few servers expect that */
function createClient(
  options: SessionOptions,
  events: ServerEvents | undefined,
  asks: boolean,
): Client {
  const client = new Client(
    { name: 'mcp-cli', version: '0.1.0' },
    {
      capabilities: clientCapabilities,
      versionNegotiation: {
        mode: asks ? 'auto' : 'legacy',
        probe: { timeoutMs: Math.min(options.connectMs / 4, longestProbeMs) },
      },
    },
  );
  client.setNotificationHandler('notifications/tools/list_changed', () => options.onToolsChanged());
  if (events === undefined) return client;
  client.setNotificationHandler('notifications/message', ({ params }) =>
    events.log(params.level, params.logger, params.data),
  );
  // Not the SDK's `onprogress`, which passes over progress that comes together with the answer.
  client.setNotificationHandler('notifications/progress', ({ params }) => {
    const { progress, total, message } = params;
    events.progress(String(params.progressToken), progress, total, message);
  });
  return client;
}

function eraOf(client: Client): PriorDiscovery {
  const discover = client.getDiscoverResult();
  return discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
}

/** Since 2026-07-28 a server tells changes only to those who listen. */
function listenForChanges(client: Client): void {
  if (client.getProtocolEra() !== 'modern') return;
  if (client.getServerCapabilities()?.tools?.listChanged !== true) return;
  client.listen({ toolsListChanged: true }).catch(() => {});
}

function createTransport(
  server: ResolvedServer,
  { maxFrameBytes, access }: SessionOptions,
): Transport {
  if (server.type !== 'stdio') {
    const Remote = server.type === 'sse' ? SseTransport : HttpTransport;
    return new Remote({ ...server, maxFrameBytes, access });
  }
  const { command, args, cwd } = server;
  const env = { ...getDefaultEnvironment(), ...server.env };
  return new StdioTransport({ command, args, cwd, env }, { maxFrameBytes });
}
