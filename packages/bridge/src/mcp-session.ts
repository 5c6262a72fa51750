import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  isInputRequiredResult,
  LOG_LEVEL_META_KEY,
  type PriorDiscovery,
  SdkError,
  SdkErrorCode,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import {
  type CatalogSource,
  isJsonObject,
  type JsonObject,
  methodName,
  type Page,
  type ServerId,
  type ServerList,
  type ServerMethod,
} from '@org/core';
import { clientCapabilities } from './mcp-capabilities.ts';
import { classify, failureOf, type Reply } from './mcp-failure.ts';
import { HttpTransport } from './mcp-http.ts';
import type { OAuthAccess } from './mcp-oauth.ts';
import { mcpParamHeaders } from './mcp-param-headers.ts';
import { SseTransport } from './mcp-sse.ts';
import type { ResolvedServer } from './server-entry.ts';
import { type ServerEvent, ServerEvents } from './server-event.ts';
import { pageOf, unlistedFailure } from './server-list.ts';
import { type ConnectFailure, describeConnectFailure, type ServerReport } from './server-report.ts';
import { StdioTransport } from './stdio-transport.ts';

export interface RequestBounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Sent as `_meta` of the request. */
  readonly meta?: Readonly<Record<string, string>>;
  /** The schema of the tool that is called: what of its parameters goes into headers too. */
  readonly inputSchema?: JsonObject;
}

/** One connection to one server. It never comes back to life: open another one. */
export interface McpSession extends CatalogSource {
  /** True once the connection can no longer be used. */
  readonly gone: boolean;
  /** What is known of the server's process and last words; not redacted. */
  report(): ServerReport;
  /** Never rejects. Settles at once when the signal aborts; the server gets the cancellation. */
  callTool(name: string, args: JsonObject, bounds: RequestBounds): Promise<Reply>;
  /** As `callTool`, for a method of the protocol that is no tool. */
  request(method: ServerMethod, params: JsonObject, bounds: RequestBounds): Promise<Reply>;
  /** A page as a result that has the list under its name; empty where the server has none. */
  page(list: ServerList, cursor: string | undefined, bounds: RequestBounds): Promise<Reply>;
  /** Ends the connection and the server's process, within 2 s. */
  close(): Promise<void>;
}

/**
 * Which of the two forms of the protocol a server speaks, as found out at the first connection:
 * the handshake of 2025-11-25 and before, or the stateless one since 2026-07-28. Empty: not known.
 */
export interface EraMemory {
  verdict?: PriorDiscovery;
}

export interface SessionOptions {
  /** Spares later connections the question; the caller empties it when one fails. */
  readonly era: EraMemory;
  readonly connectMs: number;
  /** Of one message from the server. */
  readonly maxFrameBytes: number;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
  readonly onEvent: ((event: ServerEvent) => void) | undefined;
  /** A call was answered, with whatever. */
  onAnswer(): void;
  /** The server says that its list of tools has changed. */
  onToolsChanged(): void;
  /** For a server over HTTP that asks for OAuth. */
  readonly access?: OAuthAccess | undefined;
}

type Transport = StdioTransport | HttpTransport | SseTransport;

const farewellMs = 500;
/** A server that does not say by then what it speaks is spoken to as those of 2025-11-25 are. */
const longestProbeMs = 3_000;

/** Results are taken as they come: our own unwrapping decides on them, not the SDK's schemas. */
const anyObject = {
  '~standard': {
    version: 1,
    vendor: '@org/bridge',
    validate: (value: unknown) =>
      isJsonObject(value) ? { value } : { issues: [{ message: 'not an object' }] },
  },
} as const;

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

function reportOf(transport: Transport): ServerReport {
  if (!(transport instanceof StdioTransport)) return {};
  const { end, dropped, stderrTail } = transport;
  return { ...(end && { end }), ...(dropped !== undefined && { dropped }), stderrTail };
}

async function endConnection(transport: Transport): Promise<void> {
  if (transport instanceof HttpTransport) {
    const farewell = transport.terminateSession().catch(() => {});
    await Promise.race([farewell, delay(farewellMs, undefined, { ref: false })]);
  }
  // Not client.close(): before the handshake has begun, the client does not know its transport.
  await transport.close();
}

class Session implements McpSession {
  readonly server: ServerId;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  ttlMs: number | undefined;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #server: ResolvedServer;
  readonly #options: SessionOptions;
  readonly #events: ServerEvents | undefined;
  /** When the reading of the catalog that is under way has to be over. */
  #listUntil = 0;
  #spent = false;
  #closing: Promise<void> | undefined;

  /** @param client shook hands over `transport` */
  constructor(
    server: ResolvedServer,
    client: Client,
    transport: Transport,
    options: SessionOptions,
    events: ServerEvents | undefined,
  ) {
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    const instructions = client.getInstructions();
    this.server = server.id;
    this.serverInfo = { name, version };
    this.protocolVersion = client.getNegotiatedProtocolVersion() ?? '';
    if (instructions !== undefined) this.instructions = instructions;
    this.#server = server;
    this.#options = options;
    this.#client = client;
    this.#transport = transport;
    this.#events = events;
  }

  /** The client lets go of its transport when that closes. */
  get gone(): boolean {
    return this.#spent || this.#client.transport === undefined;
  }

  report(): ServerReport {
    return reportOf(this.#transport);
  }

  get capabilities(): JsonObject {
    return (this.#client.getServerCapabilities() ?? {}) as JsonObject;
  }

  page(list: ServerList, cursor: string | undefined, bounds: RequestBounds): Promise<Reply> {
    const send = (method: string, params: JsonObject) => this.#send(method, params, bounds);
    return pageOf(list, cursor, this.capabilities, send);
  }

  async listPage(list: ServerList, cursor?: string): Promise<Page> {
    const { connectMs } = this.#options;
    const now = performance.now();
    if (cursor === undefined) this.#listUntil = now + connectMs;
    const unlisted = (reply: Exclude<Reply, { kind: 'result' }>) =>
      describeConnectFailure(this.#server, this.report(), unlistedFailure(reply, connectMs));
    const timeoutMs = Math.ceil(this.#listUntil - now);
    if (timeoutMs <= 0) throw unlisted({ kind: 'unanswered', why: 'timeout' });
    const bounds = { signal: new AbortController().signal, timeoutMs };
    const reply = await this.page(list, cursor, bounds);
    if (reply.kind !== 'result') throw unlisted(reply);
    const { [list]: items, nextCursor, ttlMs } = reply.result;
    if (list === 'tools') this.#holds(ttlMs, cursor === undefined);
    if (!Array.isArray(items)) {
      throw unlisted({ kind: 'rejected', message: `it answered without a list of ${list}` });
    }
    return { items, ...(typeof nextCursor === 'string' && { nextCursor }) };
  }

  /** Of several pages the one counts that holds shortest. */
  #holds(ttlMs: unknown, isFirst: boolean): void {
    const pageMs = typeof ttlMs === 'number' && ttlMs >= 0 ? ttlMs : undefined;
    const before = isFirst ? undefined : this.ttlMs;
    this.ttlMs = before === undefined ? pageMs : Math.min(before, pageMs ?? before);
  }

  async callTool(name: string, args: JsonObject, bounds: RequestBounds): Promise<Reply> {
    const { inputSchema } = bounds;
    const mirrors = inputSchema !== undefined && this.#mirrorsParams();
    const headers = mirrors ? mcpParamHeaders(inputSchema, args) : undefined;
    return this.#watched(name, 'tools/call', { name, arguments: args }, bounds, headers);
  }

  request(method: ServerMethod, params: JsonObject, bounds: RequestBounds): Promise<Reply> {
    return this.#watched(methodName(method), method, params, bounds);
  }

  /** A request of a program's: what the server logs and its progress become events. */
  async #watched(
    name: string,
    method: string,
    params: Record<string, unknown>,
    bounds: RequestBounds,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const token = this.#events?.watch(name);
    const meta = token === undefined ? {} : this.#eventMeta(token);
    const reply = await this.#send(method, params, bounds, { meta, headers });
    if (token !== undefined) this.#events?.unwatch(token);
    return reply;
  }

  /** Over HTTP, since 2026-07-28. Not left to the SDK's `callTool()`, which has no list of tools here. */
  #mirrorsParams(): boolean {
    return this.#transport instanceof HttpTransport && this.#client.getProtocolEra() === 'modern';
  }

  #eventMeta(progressToken: string): Record<string, unknown> {
    const isModern = this.#client.getProtocolEra() === 'modern';
    return { progressToken, ...(isModern && { [LOG_LEVEL_META_KEY]: 'debug' }) };
  }

  async #send(
    method: string,
    params: Record<string, unknown>,
    bounds: RequestBounds,
    own: {
      readonly meta?: Record<string, unknown>;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    } = {},
  ): Promise<Reply> {
    const meta = { ...bounds.meta, ...own.meta };
    const _meta = Object.keys(meta).length === 0 ? {} : { _meta: meta };
    const reply = await this.#request(method, { ...params, ..._meta }, bounds, own.headers);
    if (answered.has(reply.kind)) this.#options.onAnswer();
    return reply;
  }

  async #request(
    method: string,
    params: Record<string, unknown>,
    { signal, timeoutMs }: RequestBounds,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    try {
      const options = {
        signal,
        timeout: timeoutMs,
        allowInputRequired: true,
        ...(headers && { headers }),
      };
      const result = await this.#client.request({ method, params }, anyObject, options);
      if (isInputRequiredResult(result)) {
        return { kind: 'rejected', message: 'It asks for input, which nobody here can give.' };
      }
      return { kind: 'result', result: result as JsonObject };
    } catch (error) {
      const { reply, spent } = classify(error, signal);
      if (spent) this.#spent = true;
      return reply;
    }
  }

  close(): Promise<void> {
    this.#spent = true;
    this.#closing ??= endConnection(this.#transport);
    return this.#closing;
  }
}

const answered: ReadonlySet<Reply['kind']> = new Set(['result', 'rejected', 'tooLarge']);
