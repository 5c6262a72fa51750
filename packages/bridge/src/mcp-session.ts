import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  isInputRequiredResult,
  LOG_LEVEL_META_KEY,
  type PriorDiscovery,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
} from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import {
  type CatalogSource,
  isJsonObject,
  type JsonObject,
  type SandboxError,
  type ServerId,
  type ToolPage,
} from '@org/core';
import { OversizeReplyError } from './bounded-fetch.ts';
import { HttpTransport } from './mcp-http.ts';
import { SseTransport } from './mcp-sse.ts';
import { garbled, replyLost, tooLarge } from './own-reply.ts';
import type { ResolvedServer } from './server-entry.ts';
import { type ServerEvent, ServerEvents } from './server-event.ts';
import { type ConnectFailure, describeConnectFailure, type ServerReport } from './server-report.ts';
import { StdioTransport } from './stdio-transport.ts';

/** How one request to a server came out, in terms that know nothing of the SDK. */
export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject }
  /** The server answered with a failure; `rpcCode` is JSON-RPC's, where it sent one. */
  | { readonly kind: 'rejected'; readonly message: string; readonly rpcCode?: number }
  | { readonly kind: 'tooLarge' }
  /** Never reached the server, or was turned away at its door. */
  | { readonly kind: 'unsent'; readonly failure: ConnectFailure }
  /** Sent and not answered, or (`garbled`) answered with something that is no reply. */
  | { readonly kind: 'unanswered'; readonly why: 'timeout' | 'aborted' | 'lost' | 'garbled' };

export interface RequestBounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** One connection to one server. It never comes back to life: open another one. */
export interface McpSession extends CatalogSource {
  /** True once the connection can no longer be used. */
  readonly gone: boolean;
  /** What is known of the server's process and last words; not redacted. */
  report(): ServerReport;
  /** Never rejects. Settles at once when the signal aborts; the server gets the cancellation. */
  callTool(name: string, args: JsonObject, bounds: RequestBounds): Promise<Reply>;
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
}

type Transport = StdioTransport | HttpTransport | SseTransport;

const farewellMs = 500;

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
  const waiting = new AbortController();
  const gaveUp = AbortSignal.any([options.signal, AbortSignal.timeout(options.connectMs)]);
  const late = new Promise<never>((_resolve, reject) => {
    gaveUp.addEventListener('abort', () => reject(gaveUp.reason), { signal: waiting.signal });
  });
  late.catch(() => {});
  const connect = async (transport: Transport): Promise<McpSession> => {
    const events = options.onEvent && new ServerEvents(server, options.onEvent);
    const client = createClient(options, events, transport instanceof HttpTransport);
    const prior = transport instanceof HttpTransport ? options.era.verdict : undefined;
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
      throw new ConnectError(failure, report);
    }
  };
  try {
    return await connect(createTransport(server, options)).catch((error: ConnectError) => {
      if (server.type !== 'http' || !isUnknownTransport(error.failure)) throw error;
      const sse = new SseTransport({ ...server, maxFrameBytes: options.maxFrameBytes });
      // What the server said to Streamable HTTP tells more than what it says to this.
      return connect(sse).catch(() => Promise.reject(error));
    });
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    throw describeConnectFailure(server, error.report, error.failure);
  } finally {
    waiting.abort();
  }
}

class ConnectError extends Error {
  readonly failure: ConnectFailure;
  readonly report: ServerReport;

  constructor(failure: ConnectFailure, report: ServerReport) {
    super(failure.message);
    this.failure = failure;
    this.report = report;
  }
}

function isUnknownTransport({ httpStatus }: ConnectFailure): boolean {
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
      versionNegotiation: {
        mode: asks ? 'auto' : 'legacy',
        probe: { timeoutMs: options.connectMs * 2 },
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

function createTransport(server: ResolvedServer, { maxFrameBytes }: SessionOptions): Transport {
  if (server.type !== 'stdio') {
    const Remote = server.type === 'sse' ? SseTransport : HttpTransport;
    return new Remote({ ...server, maxFrameBytes });
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

  async listTools(cursor?: string): Promise<ToolPage> {
    // Not the SDK's listTools(): it follows all pages itself and refuses all for one bad tool.
    if (this.#client.getServerCapabilities()?.tools === undefined) return { tools: [] };
    const now = performance.now();
    if (cursor === undefined) this.#listUntil = now + this.#options.connectMs;
    const timeoutMs = Math.ceil(this.#listUntil - now);
    if (timeoutMs <= 0) throw this.#unlisted({ kind: 'unanswered', why: 'timeout' });
    const bounds = { signal: new AbortController().signal, timeoutMs };
    const reply = await this.#request('tools/list', cursor === undefined ? {} : { cursor }, bounds);
    if (reply.kind !== 'result') throw this.#unlisted(reply);
    const { tools, nextCursor } = reply.result;
    if (!Array.isArray(tools)) {
      throw this.#unlisted({ kind: 'rejected', message: 'tools/list has no list of tools' });
    }
    return { tools, ...(typeof nextCursor === 'string' && { nextCursor }) };
  }

  #unlisted(reply: Exclude<Reply, { kind: 'result' }>): SandboxError {
    const describe = (failure: ConnectFailure): SandboxError =>
      describeConnectFailure(this.#server, this.report(), failure);
    switch (reply.kind) {
      case 'unsent':
        return describe(reply.failure);
      case 'rejected':
        return describe({ message: reply.message });
      case 'tooLarge':
        return describe({ message: 'its list of tools is too large' });
      case 'unanswered':
        return reply.why === 'timeout'
          ? describe({ timedOutMs: this.#options.connectMs, message: '' })
          : describe({ message: 'it did not answer with its list of tools' });
    }
  }

  async callTool(name: string, args: JsonObject, bounds: RequestBounds): Promise<Reply> {
    const params = { name, arguments: args as Record<string, unknown> };
    const token = this.#events?.watch(name);
    const meta = token === undefined ? {} : { _meta: this.#eventMeta(token) };
    const reply = await this.#request('tools/call', { ...params, ...meta }, bounds);
    if (token !== undefined) this.#events?.unwatch(token);
    if (answered.has(reply.kind)) this.#options.onAnswer();
    return reply;
  }

  #eventMeta(progressToken: string): Record<string, unknown> {
    const isModern = this.#client.getProtocolEra() === 'modern';
    return { progressToken, ...(isModern && { [LOG_LEVEL_META_KEY]: 'debug' }) };
  }

  async #request(
    method: string,
    params: Record<string, unknown>,
    { signal, timeoutMs }: RequestBounds,
  ): Promise<Reply> {
    try {
      const options = { signal, timeout: timeoutMs, allowInputRequired: true };
      const result = await this.#client.request({ method, params }, anyObject, options);
      if (isInputRequiredResult(result)) {
        return { kind: 'rejected', message: 'It asks for input, which nobody here can give.' };
      }
      return { kind: 'result', result: result as JsonObject };
    } catch (error) {
      return this.#classify(error, signal);
    }
  }

  #classify(error: unknown, signal: AbortSignal): Reply {
    if (error instanceof OversizeReplyError) return { kind: 'tooLarge' };
    if (error instanceof ProtocolError) {
      if (error.data === tooLarge) return { kind: 'tooLarge' };
      if (error.data === replyLost) return { kind: 'unanswered', why: 'lost' };
      if (error.data === garbled) return { kind: 'unanswered', why: 'garbled' };
      return { kind: 'rejected', message: error.message, rpcCode: error.code };
    }
    // The SDK reports a caller's abort as a timeout.
    if (signal.aborted) return { kind: 'unanswered', why: 'aborted' };
    if (error instanceof SdkHttpError) return this.#classifyStatus(error);
    if (error instanceof SdkError) {
      if (error.code === SdkErrorCode.RequestTimeout) return { kind: 'unanswered', why: 'timeout' };
      const isLost = error.code === SdkErrorCode.ConnectionClosed;
      return { kind: 'unanswered', why: isLost ? 'lost' : 'garbled' };
    }
    return this.#classifyTransport(failureOf(error));
  }

  /** For an error of the transport itself, which is not to be used again. */
  #classifyTransport(failure: ConnectFailure): Reply {
    this.#spent = true;
    const { systemCode, message } = failure;
    if (message === 'Not connected') return { kind: 'unsent', failure };
    if (systemCode === undefined) return { kind: 'unanswered', why: 'garbled' };
    if (unsentCodes.has(systemCode)) return { kind: 'unsent', failure };
    return { kind: 'unanswered', why: 'lost' };
  }

  #classifyStatus(error: SdkHttpError): Reply {
    const { status } = error;
    // A gateway that says these may have passed the request on.
    if (status === 502 || status === 504) return { kind: 'unanswered', why: 'lost' };
    if (status === 500) {
      return { kind: 'rejected', message: 'The server answered with HTTP status 500.' };
    }
    // The server forgot the session, for example because it was restarted: shake hands anew.
    if (status === 404 || status === 400) this.#spent = true;
    return { kind: 'unsent', failure: failureOf(error) };
  }

  close(): Promise<void> {
    this.#spent = true;
    this.#closing ??= endConnection(this.#transport);
    return this.#closing;
  }
}

const answered: ReadonlySet<Reply['kind']> = new Set(['result', 'rejected', 'tooLarge']);

/** System errors after which a request cannot have reached the server, or not as a whole. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

function failureOf(error: unknown): ConnectFailure {
  // `fetch` says why it failed only in the cause.
  let message = String(error);
  for (let at: unknown = error; at instanceof Error; at = at.cause) message = at.message || message;
  if (error instanceof SdkHttpError) {
    const { retryAfterMs } = error as { retryAfterMs?: number };
    return {
      httpStatus: error.status,
      message,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  if (error instanceof SseError && error.code !== undefined) {
    return { httpStatus: error.code, message };
  }
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    // The SDK's errors have codes too, of its own.
    if (typeof code === 'string' && !(at instanceof SdkError)) return { systemCode: code, message };
  }
  return { message };
}
