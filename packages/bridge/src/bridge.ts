import {
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolCall,
  type ToolCaller,
  type ToolCallOutcome,
} from '@org/core';
import pLimit, { type LimitFunction } from 'p-limit';
import { defaultReconnect, type ReconnectOptions } from './breaker.ts';
import { failed, outcomeOf, refused } from './call-outcome.ts';
import { findTool, notAllowed, unknownServer } from './lookup.ts';
import type { OAuthOptions } from './mcp-oauth.ts';
import type { ServerConfig } from './server-config.ts';
import { closedError, type Introspect, notSent } from './server-connection.ts';
import type { ServerEntry } from './server-entry.ts';
import type { ServerEvent } from './server-event.ts';
import { ServerPool, type ServerStatus } from './server-pool.ts';
import { checkParams, parseParams } from './tool-params.ts';

/** Bounds of each call. They protect the host; a run has limits of its own besides. */
export interface BridgeCaps {
  /** Of the parameters as JSON text in UTF-8. */
  readonly paramsBytes: number;
  /** Of the unwrapped result as JSON text in UTF-8. */
  readonly resultBytes: number;
  /** From sending a call to its answer. Waiting for a free slot is not counted. */
  readonly callMs: number;
  /** For starting a server and shaking hands; also for reading its catalog. */
  readonly connectMs: number;
  /** Calls under way at one server; further ones wait. */
  readonly parallelPerServer: number;
  /** Connections to one server at most; a further one is opened when all others are busy. */
  readonly connectionsPerServer: number;
  /** A connection that nobody used for so long is closed, and made again at the next use. */
  readonly idleMs: number;
}

export const defaultCaps: BridgeCaps = Object.freeze({
  paramsBytes: 1024 * 1024,
  resultBytes: 16 * 1024 * 1024,
  callMs: 60_000,
  connectMs: 30_000,
  parallelPerServer: 16,
  connectionsPerServer: 1,
  idleMs: 5 * 60_000,
});

export interface BridgeOptions {
  readonly servers: ServerConfig | readonly ServerEntry[];
  /** Reads a server's catalog through its connection: `@org/introspector`'s function. */
  readonly introspect: Introspect;
  /** The servers that may be used. Left out: every one that is not disabled. */
  readonly allow?: readonly string[];
  readonly caps?: Partial<BridgeCaps>;
  /** How a server that fails is tried again. */
  readonly reconnect?: Partial<ReconnectOptions>;
  /** Gets the servers' logs and the progress of calls. Must not throw. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** For servers over HTTP that ask for OAuth. Left out: they are `SERVER_UNAVAILABLE`. */
  readonly oauth?: OAuthOptions;
}

/** A run's view of a bridge. Ends with the bridge. */
export type PinnedBridge = Pick<Bridge, 'servers' | 'catalog' | 'callTool'>;

/** The way of every tool call to its server. Made by `createBridge`. */
export interface Bridge extends ToolCaller, AsyncDisposable {
  /** The servers that may be used, sorted. None is connected before its first use. */
  readonly servers: readonly ServerId[];
  /**
   * The catalog of `server`, read once per connection and again when the server says that it has
   * changed; connects if needed.
   * @throws SandboxError `UNKNOWN_SERVER`, `NOT_ALLOWED`, `VARIABLE_UNSET`, `CONFIG_INVALID`,
   * `SERVER_UNAVAILABLE`, or `ABORTED` once the bridge is closed
   */
  catalog(server: ServerId): Promise<ServerCatalog>;
  /** Where `server` stands; connects nothing. Throws what a name alone makes `catalog()` throw. */
  status(server: ServerId): ServerStatus;
  /** This bridge for one run: of each server it keeps the catalog that it saw first. */
  pinned(): PinnedBridge;
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
  readonly #pools: ReadonlyMap<string, ServerPool>;
  readonly #slots: ReadonlyMap<string, LimitFunction>;
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(options: BridgeOptions) {
    const { servers, introspect, allow, caps = {}, onEvent, oauth } = options;
    const entries = 'servers' in servers ? servers.servers : servers;
    this.#configured = new Map(entries.map((entry) => [entry.id, entry]));
    this.#caps = resolveCaps(caps);
    for (const name of allow ?? []) {
      if (!this.#configured.has(name)) throw unknownServer(name, [...this.#configured.keys()]);
    }
    const usable = entries.filter(({ id, disabled }) => !disabled && (allow?.includes(id) ?? true));
    this.servers = Object.freeze(usable.map(({ id }) => id).sort());
    const { connectMs, resultBytes, parallelPerServer, connectionsPerServer, idleMs } = this.#caps;
    const maxFrameBytes = resultBytes * frameFactor + 64 * 1024;
    const reconnect = { ...defaultReconnect, ...options.reconnect };
    const connection = { introspect, connectMs, maxFrameBytes, idleMs, onEvent, oauth };
    const poolOptions = { ...connection, reconnect, size: connectionsPerServer };
    this.#pools = new Map(usable.map((entry) => [entry.id, new ServerPool(entry, poolOptions)]));
    this.#slots = new Map(usable.map(({ id }) => [id, pLimit(parallelPerServer)]));
  }

  async catalog(server: ServerId): Promise<ServerCatalog> {
    return this.#pool(server).catalog();
  }

  pinned(): PinnedBridge {
    const pins: Pins = new Map();
    return {
      servers: this.servers,
      catalog: async (server) => pins.get(server) ?? pin(pins, await this.catalog(server)),
      callTool: (call, { signal }) => this.#callTool(call, signal, pins),
    };
  }

  status(server: ServerId): ServerStatus {
    return this.#pool(server).status;
  }

  callTool(call: ToolCall, { signal }: { readonly signal: AbortSignal }) {
    return this.#callTool(call, signal);
  }

  async #callTool(call: ToolCall, signal: AbortSignal, pins?: Pins): Promise<ToolCallOutcome> {
    if (this.#closed.signal.aborted) return refused(closedError());
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    try {
      return await this.#call(call, ended, pins);
    } catch (error) {
      const isRefusal = error instanceof SandboxError && error.code === 'NOT_ALLOWED';
      return isRefusal ? refused(error) : failed(error);
    }
  }

  async #call(
    { server, tool, paramsJson }: ToolCall,
    signal: AbortSignal,
    pins: Pins | undefined,
  ): Promise<ToolCallOutcome> {
    const pool = this.#pool(server);
    const params = parseParams(paramsJson, this.#caps.paramsBytes);
    using connected = await pool.use(signal);
    const catalog = pins ? pin(pins, connected.catalog) : connected.catalog;
    const definition = findTool(catalog, tool);
    checkParams(definition, params);
    const slot = this.#slots.get(server) as LimitFunction;
    const { callMs, resultBytes } = this.#caps;
    return await inSlot(slot, signal, async () => {
      const reply = await connected.session.callTool(tool, params, { signal, timeoutMs: callMs });
      const declaresOutput = definition.outputSchema !== undefined;
      return outcomeOf(reply, { ...connected, tool, declaresOutput, resultBytes, callMs });
    });
  }

  #pool(server: string): ServerPool {
    const pool = this.#pools.get(server);
    if (pool !== undefined) return pool;
    const entry = this.#configured.get(server);
    if (entry === undefined) throw unknownServer(server, this.servers);
    throw notAllowed(server, entry.disabled, this.servers);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The catalogs that a run began with, by server. */
type Pins = Map<string, ServerCatalog>;

function pin(pins: Pins, catalog: ServerCatalog): ServerCatalog {
  const { server } = catalog;
  if (!pins.has(server)) pins.set(server, catalog);
  return pins.get(server) as ServerCatalog;
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
