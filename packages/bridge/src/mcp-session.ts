import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  isInputRequiredResult,
  LOG_LEVEL_META_KEY,
} from '@modelcontextprotocol/client';
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
import { classify, type Reply } from './mcp-failure.ts';
import { HttpTransport } from './mcp-http.ts';
import { mcpParamHeaders } from './mcp-param-headers.ts';
import type { SseTransport } from './mcp-sse.ts';
import type { ResolvedServer } from './server-entry.ts';
import type { ServerEvents } from './server-event.ts';
import { pageOf, unlistedFailure } from './server-list.ts';
import { describeConnectFailure, type ServerReport } from './server-report.ts';
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

export interface SessionHooks {
  readonly connectMs: number;
  /** A call was answered, with whatever. */
  onAnswer(): void;
}

export type Transport = StdioTransport | HttpTransport | SseTransport;

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

export function reportOf(transport: Transport): ServerReport {
  if (!(transport instanceof StdioTransport)) return {};
  const { end, dropped, stderrTail } = transport;
  return { ...(end && { end }), ...(dropped !== undefined && { dropped }), stderrTail };
}

export async function endConnection(transport: Transport): Promise<void> {
  if (transport instanceof HttpTransport) {
    const farewell = transport.terminateSession().catch(() => {});
    await Promise.race([farewell, delay(farewellMs, undefined, { ref: false })]);
  }
  // Not client.close(): before the handshake has begun, the client does not know its transport.
  await transport.close();
}

export class Session implements McpSession {
  readonly server: ServerId;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  ttlMs: number | undefined;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #server: ResolvedServer;
  readonly #options: SessionHooks;
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
    options: SessionHooks,
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
