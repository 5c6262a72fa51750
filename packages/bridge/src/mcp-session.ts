import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  type JSONRPCMessage,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
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
import { boundedFetch, OversizeReplyError } from './bounded-fetch.ts';
import { garbled, ownReply, type ReplyMark, replyLost, tooLarge } from './own-reply.ts';
import type { ResolvedServer } from './server-entry.ts';
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
  /** Sent as `_meta` of the request. */
  readonly meta?: Readonly<Record<string, string>>;
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

export interface SessionOptions {
  readonly connectMs: number;
  /** Of one message from the server. */
  readonly maxFrameBytes: number;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
}

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
 * Connects to `server` and shakes hands, in the handshake of 2025-11-25 and before.
 * @throws SandboxError `SERVER_UNAVAILABLE`: it could not be started or reached, ended, did not
 * answer within `connectMs`, or does not speak MCP
 */
export async function openSession(
  server: ResolvedServer,
  options: SessionOptions,
): Promise<McpSession> {
  const transport = createTransport(server, options);
  const client = new Client({ name: 'mcp-cli', version: '0.1.0' });
  const waiting = new AbortController();
  const gaveUp = AbortSignal.any([options.signal, AbortSignal.timeout(options.connectMs)]);
  const late = new Promise<never>((_resolve, reject) => {
    gaveUp.addEventListener('abort', () => reject(gaveUp.reason), { signal: waiting.signal });
  });
  try {
    gaveUp.throwIfAborted();
    // The SDK's own timeout does not cover the notification that ends the handshake.
    await Promise.race([client.connect(transport, { timeout: options.connectMs * 2 }), late]);
    return new Session(server, client, transport, options.connectMs);
  } catch (error) {
    const failure = gaveUp.aborted
      ? { timedOutMs: options.connectMs, message: '' }
      : failureOf(error);
    const unavailable = describeConnectFailure(server, reportOf(transport), failure);
    await endConnection(transport);
    throw unavailable;
  } finally {
    waiting.abort();
  }
}

function createTransport(
  server: ResolvedServer,
  { maxFrameBytes }: SessionOptions,
): StdioTransport | HttpTransport {
  if (server.type === 'sse') throw describeConnectFailure(server, {}, { message: '' });
  if (server.type === 'http') {
    return new HttpTransport(new URL(server.url), server.headers, maxFrameBytes);
  }
  const { command, args, cwd } = server;
  const env = { ...getDefaultEnvironment(), ...server.env };
  return new StdioTransport({ command, args, cwd, env }, { maxFrameBytes });
}

function reportOf(transport: StdioTransport | HttpTransport): ServerReport {
  if (transport instanceof HttpTransport) return {};
  const { end, dropped, stderrTail } = transport;
  return { ...(end && { end }), ...(dropped !== undefined && { dropped }), stderrTail };
}

async function endConnection(transport: StdioTransport | HttpTransport): Promise<void> {
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
  readonly #transport: StdioTransport | HttpTransport;
  readonly #server: ResolvedServer;
  readonly #connectMs: number;
  #spent = false;
  #closing: Promise<void> | undefined;

  /** @param client shook hands over `transport` */
  constructor(
    server: ResolvedServer,
    client: Client,
    transport: StdioTransport | HttpTransport,
    connectMs: number,
  ) {
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    const instructions = client.getInstructions();
    this.server = server.id;
    this.serverInfo = { name, version };
    this.protocolVersion = client.getNegotiatedProtocolVersion() ?? '';
    if (instructions !== undefined) this.instructions = instructions;
    this.#server = server;
    this.#connectMs = connectMs;
    this.#client = client;
    this.#transport = transport;
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
    const bounds = { signal: new AbortController().signal, timeoutMs: this.#connectMs };
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
          ? describe({ timedOutMs: this.#connectMs, message: '' })
          : describe({ message: 'it did not answer with its list of tools' });
    }
  }

  callTool(name: string, args: JsonObject, bounds: RequestBounds): Promise<Reply> {
    const { meta } = bounds;
    return this.#request(
      'tools/call',
      {
        name,
        arguments: args as Record<string, unknown>,
        ...(meta !== undefined && { _meta: meta }),
      },
      bounds,
    );
  }

  async #request(
    method: string,
    params: Record<string, unknown>,
    { signal, timeoutMs }: RequestBounds,
  ): Promise<Reply> {
    try {
      const options = { signal, timeout: timeoutMs };
      const result = await this.#client.request({ method, params }, anyObject, options);
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
  if (error instanceof SdkHttpError) return { httpStatus: error.status, message };
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    // The SDK's errors have codes too, of its own.
    if (typeof code === 'string' && !(at instanceof SdkError)) return { systemCode: code, message };
  }
  return { message };
}

type HttpSendOptions = NonNullable<Parameters<StreamableHTTPClientTransport['send']>[1]>;

/**
 * The SDK's transport with what it leaves open: bounded bodies; a request whose stream ends
 * without a reply is answered as lost instead of waiting for its deadline; a cancelled request's
 * own HTTP exchange is ended too.
 */
class HttpTransport extends StreamableHTTPClientTransport {
  /** Which request an HTTP exchange belongs to: what to do when its reply passes the cap. */
  readonly #oversize = new AsyncLocalStorage<() => void>();
  readonly #open = new Map<number | string, AbortController>();

  constructor(url: URL, headers: Readonly<Record<string, string>>, maxFrameBytes: number) {
    super(url, {
      requestInit: { headers: { ...headers } },
      fetch: (input, init) => {
        const onOversize = this.#oversize.getStore() ?? (() => {});
        return boundedFetch(input, init, { maxFrameBytes, onOversize });
      },
    });
    // The client puts its own handler behind this one.
    this.onmessage = (message: JSONRPCMessage) => {
      if ('id' in message && message.id !== undefined) this.#open.delete(message.id);
    };
  }

  override async send(
    message: JSONRPCMessage | JSONRPCMessage[],
    options?: HttpSendOptions,
  ): Promise<void> {
    if (Array.isArray(message) || !('method' in message)) return super.send(message, options);
    if (!('id' in message)) {
      await super.send(message, options).finally(() => this.#endCancelled(message));
      return;
    }
    const { id } = message;
    const abort = new AbortController();
    this.#open.set(id, abort);
    const settle = (mark: ReplyMark): void => {
      this.#open.delete(id);
      this.onmessage?.(ownReply(id, mark));
    };
    const bounded: HttpSendOptions = {
      ...options,
      requestSignal: abort.signal,
      onRequestStreamEnd: () => {
        if (this.#open.has(id)) settle(replyLost);
      },
    };
    await this.#oversize.run(
      () => settle(tooLarge),
      () => super.send(message, bounded),
    );
  }

  #endCancelled(message: JSONRPCMessage): void {
    if (!('method' in message) || message.method !== 'notifications/cancelled') return;
    const id = message.params?.requestId;
    if (typeof id !== 'number' && typeof id !== 'string') return;
    this.#open.get(id)?.abort();
    this.#open.delete(id);
  }
}
