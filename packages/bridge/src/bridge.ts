import {
  type CallContext,
  type CallOptions,
  type ContentFilter,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolCall,
  type ToolCaller,
  type ToolCallOutcome,
} from '@org/core';
import pLimit, { type LimitFunction } from 'p-limit';
import { type Audit, auditCalls } from './audit.ts';
import { failed, outcomeOf, refused } from './call-outcome.ts';
import { createContentFilter } from './filter/content-filter.ts';
import { filterCalls } from './filter/filtered-calls.ts';
import { findTool, notAllowed, unknownServer } from './lookup.ts';
import type { ServerConfigFile } from './server-config.ts';
import { closedError, type Introspect, ServerConnection } from './server-connection.ts';
import type { ServerEntry } from './server-entry.ts';
import type { RequestMeta, Telemetry } from './telemetry.ts';
import { checkParams, parseParams } from './tool-params.ts';

/** Bounds of each call. They protect the host; a run has limits of its own besides. */
export interface BridgeCaps {
  /** Of the parameters as JSON text in UTF-8. */
  readonly paramsBytes: number;
  /** Of the unwrapped result as JSON text in UTF-8. */
  readonly resultBytes: number;
  /** From sending a call to its answer. Waiting for a free slot is not counted. */
  readonly callMs: number;
  /** For starting a server and shaking hands; also for each page of its catalog. */
  readonly connectMs: number;
  /** Calls under way at one server; further ones wait. */
  readonly parallelPerServer: number;
}

export const defaultCaps: BridgeCaps = Object.freeze({
  paramsBytes: 1024 * 1024,
  resultBytes: 16 * 1024 * 1024,
  callMs: 60_000,
  connectMs: 30_000,
  parallelPerServer: 16,
});

export interface BridgeOptions {
  readonly servers: ServerConfigFile | readonly ServerEntry[];
  /** Reads a server's catalog through its connection: `@org/introspector`'s function. */
  readonly introspect: Introspect;
  /** The servers that may be used. Left out: every one that is not disabled. */
  readonly allow?: readonly string[];
  readonly caps?: Partial<BridgeCaps>;
  /**
   * Hides content from programs. Left out: the built-in filter with the rules that servers have in
   * the configuration, and none where no server has any.
   */
  readonly filter?: ContentFilter;
  /** Keeps a record of each call. The bridge does not close it. */
  readonly audit?: Audit;
  /** Made by `createTelemetry` of `@org/bridge/telemetry`. */
  readonly telemetry?: Telemetry;
}

/** Options of a call within the bridge. */
interface InnerOptions extends CallOptions {
  readonly meta?: RequestMeta;
}

type InnerCall = (call: ToolCall, options: InnerOptions) => Promise<ToolCallOutcome>;

/** The way of every tool call to its server. Made by `createBridge`. */
export interface Bridge extends ToolCaller, AsyncDisposable {
  /** The servers that may be used, sorted. None is connected before its first use. */
  readonly servers: readonly ServerId[];
  /**
   * The catalog of `server`, read once per connection; connects if needed.
   * @throws SandboxError `UNKNOWN_SERVER`, `NOT_ALLOWED`, `VARIABLE_UNSET`, `CONFIG_INVALID`,
   * `SERVER_UNAVAILABLE`, or `ABORTED` once the bridge is closed
   */
  catalog(server: ServerId): Promise<ServerCatalog>;
  /** Forgets what was hidden from a session of a principal: its tokens stand for nothing then. */
  endSession(context: CallContext): void;
  /** Cancels what is under way and ends every server, within 2 s. Calls after it are refused. */
  close(): Promise<void>;
}

/**
 * A reply holds its value up to twice, as structure and as quoted text, and quoting can double it.
 */
const frameFactor = 3;

/**
 * @throws SandboxError `UNKNOWN_SERVER`: `allow` names a server that is not configured; `USAGE`: a
 * cap that is not a whole number from 1 to 2,147,483,647
 */
export function createBridge(options: BridgeOptions): Bridge {
  return new ServerBridge(options);
}

class ServerBridge implements Bridge {
  readonly servers: readonly ServerId[];
  readonly #configured: ReadonlyMap<string, ServerEntry>;
  readonly #caps: BridgeCaps;
  readonly #connections: ReadonlyMap<string, ServerConnection>;
  readonly #slots: ReadonlyMap<string, LimitFunction>;
  readonly #closed = new AbortController();
  readonly #filter: ContentFilter | undefined;
  readonly callTool: ToolCaller['callTool'];
  #closing: Promise<void> | undefined;

  constructor(options: BridgeOptions) {
    const { servers, introspect, allow, caps = {} } = options;
    const entries = 'servers' in servers ? servers.servers : servers;
    this.#configured = new Map(entries.map((entry) => [entry.id, entry]));
    this.#caps = resolveCaps(caps);
    for (const name of allow ?? []) {
      if (!this.#configured.has(name)) throw unknownServer(name, [...this.#configured.keys()]);
    }
    const usable = entries.filter(({ id, disabled }) => !disabled && (allow?.includes(id) ?? true));
    this.servers = Object.freeze(usable.map(({ id }) => id).sort());
    const { connectMs, resultBytes, parallelPerServer } = this.#caps;
    const maxFrameBytes = resultBytes * frameFactor + 64 * 1024;
    const connectionOptions = { introspect, connectMs, maxFrameBytes };
    this.#connections = new Map(
      usable.map((entry) => [entry.id, new ServerConnection(entry, connectionOptions)]),
    );
    this.#slots = new Map(usable.map(({ id }) => [id, pLimit(parallelPerServer)]));
    this.#filter = options.filter ?? configuredFilter(usable);
    this.callTool = this.#observed(options);
  }

  /** The way of a call from outside to inside: trace, record, filter, answer. */
  #observed({ audit, telemetry }: BridgeOptions): ToolCaller['callTool'] {
    const filter = this.#filter;
    const answer: InnerCall = (call, options) => this.#answer(call, options);
    const filtered = filter === undefined ? answer : filterCalls(filter, answer);
    const audited = audit === undefined ? filtered : auditCalls(audit, filtered);
    return telemetry === undefined ? audited : telemetry.trace(audited);
  }

  async catalog(server: ServerId): Promise<ServerCatalog> {
    const { catalog } = await this.#connection(server).use();
    return catalog;
  }

  async #answer(call: ToolCall, { signal, meta }: InnerOptions): Promise<ToolCallOutcome> {
    if (this.#closed.signal.aborted) return refused(closedError());
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    try {
      return await this.#call(call, ended, meta);
    } catch (error) {
      const isRefusal = error instanceof SandboxError && error.code === 'NOT_ALLOWED';
      return isRefusal ? refused(error) : failed(error);
    }
  }

  async #call(
    { server, tool, paramsJson }: ToolCall,
    signal: AbortSignal,
    meta: RequestMeta | undefined,
  ): Promise<ToolCallOutcome> {
    const connection = this.#connection(server);
    const params = parseParams(paramsJson, this.#caps.paramsBytes);
    const connected = await unlessAborted(connection.use(), signal);
    const definition = findTool(connected.catalog, tool);
    checkParams(definition, params);
    const slot = this.#slots.get(server) as LimitFunction;
    const { callMs, resultBytes } = this.#caps;
    return inSlot(slot, signal, async () => {
      const bounds = { signal, timeoutMs: callMs, ...(meta !== undefined && { meta }) };
      const reply = await connected.session.callTool(tool, params, bounds);
      const declaresOutput = definition.outputSchema !== undefined;
      return outcomeOf(reply, { ...connected, tool, declaresOutput, resultBytes, callMs });
    });
  }

  #connection(server: string): ServerConnection {
    const connection = this.#connections.get(server);
    if (connection !== undefined) return connection;
    const entry = this.#configured.get(server);
    if (entry === undefined) throw unknownServer(server, this.servers);
    throw notAllowed(server, entry.disabled, this.servers);
  }

  endSession(context: CallContext): void {
    this.#filter?.endSession(context);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    this.#filter?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A filter for all servers as soon as one has rules: tokens of one can be passed to any other. */
function configuredFilter(entries: readonly ServerEntry[]): ContentFilter | undefined {
  const rules = new Map(
    entries.flatMap(({ id, filter }) => (filter === undefined ? [] : [[id, filter] as const])),
  );
  return rules.size === 0 ? undefined : createContentFilter({ rules });
}

/** The longest time that a timer takes; longer ones would end at once. */
const maxCap = 2 ** 31 - 1;

function resolveCaps(overrides: Partial<BridgeCaps>): BridgeCaps {
  const caps = { ...defaultCaps, ...overrides };
  for (const [name, value] of Object.entries(caps)) {
    if (Number.isSafeInteger(value) && value >= 1 && value <= maxCap) continue;
    throw new SandboxError(
      'USAGE',
      `The cap ${name} must be a whole number from 1 to ${maxCap}, not ${value}.`,
    );
  }
  return Object.freeze(caps);
}

function notSent(): SandboxError {
  return new SandboxError('ABORTED', 'The call was cancelled before it was sent.');
}

/** `promise`, given up as not sent when the signal aborts first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(notSent());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Runs `send` when a slot is free. An abort settles at once while the call waits; once it is
 * under way, `send` itself has to settle at an abort.
 */
function inSlot<T>(slot: LimitFunction, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(notSent());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const job = slot(async () => {
      signal.removeEventListener('abort', onAbort);
      if (!signal.aborted) resolve(await send());
    });
    job.catch(reject);
  });
}
