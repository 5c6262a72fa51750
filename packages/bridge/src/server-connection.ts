import { setTimeout as delay } from 'node:timers/promises';
import { type CatalogSource, SandboxError, type ServerCatalog } from '@org/core';
import { unlessAborted } from './abort.ts';
import type { Breaker } from './breaker.ts';
import type { EraMemory } from './mcp-connect.ts';
import type { OAuthAccess, OAuthOptions } from './mcp-oauth.ts';
import type { McpSession } from './mcp-session.ts';
import { createRedact, type Redact } from './redact.ts';
import type { ResolvedServer, ServerEntry } from './server-entry.ts';
import type { ServerEvent } from './server-event.ts';
import { describeConnectFailure } from './server-report.ts';

/** Whether `entry` may be started or connected to. @throws SandboxError `NOT_TRUSTED` */
export type Admit = (
  entry: ServerEntry,
  options: { readonly signal: AbortSignal },
) => Promise<void>;

export type Introspect = (source: CatalogSource) => Promise<ServerCatalog>;

/** A connection in use. It stays open until it is disposed of. */
export interface Connected extends Disposable {
  readonly server: ResolvedServer;
  readonly session: McpSession;
  readonly catalog: ServerCatalog;
}

export interface ConnectionOptions {
  readonly introspect: Introspect;
  readonly admit?: Admit | undefined;
  readonly connectMs: number;
  readonly maxFrameBytes: number;
  /** A connection that nobody used for so long is closed, in ms. */
  readonly idleMs: number;
  readonly onEvent?: ((event: ServerEvent) => void) | undefined;
  readonly oauth?: OAuthOptions | undefined;
}

/**
 * `uninitialised`: never used. `initialised`: its configuration was read, and no connection is
 * open, because it is idle, being made, or was lost. `connected`: ready.
 */
export type ConnectionState = 'uninitialised' | 'initialised' | 'connected';

/** Between two readings of a catalog that its server says has changed. */
const refreshMs = 1_000;

interface Current {
  readonly attempt: Promise<void>;
  open?: { readonly server: ResolvedServer; readonly session: McpSession; catalog: ServerCatalog };
  /** The server said that its catalog has changed since it was read last. */
  stale?: boolean;
  refreshedAt?: number;
  refreshing?: Promise<void> | undefined;
}

/**
 * One connection to one server: made at its first use, shared by the calls under way, closed when
 * nobody used it for a while, and replaced at the next use once it is gone.
 */
export class ServerConnection {
  readonly #entry: ServerEntry;
  readonly #options: ConnectionOptions;
  readonly #breaker: Breaker;
  readonly #closed = new AbortController();
  /** Sessions that may still have a process. */
  readonly #sessions = new Set<McpSession>();
  readonly #era: EraMemory = {};
  #current: Current | undefined;
  #initialised = false;
  #leases = 0;
  #idle: NodeJS.Timeout | undefined;

  /** @param breaker shared by all connections to this server */
  constructor(entry: ServerEntry, options: ConnectionOptions, breaker: Breaker) {
    this.#entry = entry;
    this.#options = options;
    this.#breaker = breaker;
  }

  get state(): ConnectionState {
    if (!this.#initialised) return 'uninitialised';
    const session = this.#current?.open?.session;
    return session !== undefined && !session.gone ? 'connected' : 'initialised';
  }

  /** How many uses are not disposed of. */
  get leases(): number {
    return this.#leases;
  }

  /**
   * The connection, made if need be; dispose of it after use.
   * @throws SandboxError `SERVER_UNAVAILABLE`, `VARIABLE_UNSET`, `CONFIG_INVALID`, what `admit`
   * throws, or `ABORTED`:
   * the bridge is closed, or `signal` aborted first
   */
  async use(signal?: AbortSignal): Promise<Connected> {
    if (this.#closed.signal.aborted) throw closedError();
    this.#leases++;
    clearTimeout(this.#idle);
    let isReleased = false;
    const release = (): void => {
      if (!isReleased) this.#release();
      isReleased = true;
    };
    try {
      const current = this.#open();
      if (current.open === undefined) await unlessAborted(current.attempt, signal);
      const { server, session, catalog } = current.open as NonNullable<Current['open']>;
      return { server, session, catalog, [Symbol.dispose]: release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The catalog; a change that the server has told is waited for. Throws what `use()` throws. */
  async catalog(): Promise<ServerCatalog> {
    using used = await this.use();
    const current = this.#current;
    await current?.refreshing;
    return current?.open?.catalog ?? used.catalog;
  }

  #release(): void {
    this.#leases--;
    this.#watchIdle();
  }

  #watchIdle(): void {
    clearTimeout(this.#idle);
    if (this.#leases > 0 || this.#closed.signal.aborted) return;
    this.#idle = setTimeout(() => {
      const session = this.#current?.open?.session;
      if (session === undefined) return;
      this.#current = undefined;
      void this.#retire(session);
    }, this.#options.idleMs).unref();
  }

  #open(): Current {
    const lost = this.#current?.open;
    if (lost?.session.gone) {
      this.#current = undefined;
      const failure = { wasConnected: true, message: 'the connection was lost' };
      delete this.#era.verdict;
      this.#breaker.fail(describeConnectFailure(lost.server, lost.session.report(), failure));
    }
    if (this.#current !== undefined) return this.#current;
    const current: Current = {
      attempt: this.#connect(() => current).catch((error: unknown) => {
        if (this.#current === current) this.#current = undefined;
        throw this.#closed.signal.aborted ? closedError() : error;
      }),
    };
    this.#current = current;
    return current;
  }

  async #connect(current: () => Current): Promise<void> {
    const { signal } = this.#closed;
    await this.#options.admit?.(this.#entry, { signal });
    const entry = this.#entry.resolve();
    this.#initialised = true;
    const waitMs = this.#breaker.admit();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    const access = await this.#access(entry);
    const server = access === undefined ? entry : withSecrets(entry, access);
    try {
      const session = await this.#openSession(server, access, current);
      const catalog = await this.#readCatalog(session);
      current().open = { server, session, catalog };
      this.#breaker.connected();
      this.#watchIdle();
      if (current().stale) this.#refresh(current());
    } catch (error) {
      delete this.#era.verdict;
      if (error instanceof SandboxError && error.code !== 'ABORTED') this.#breaker.fail(error);
      else this.#breaker.connected();
      throw error;
    } finally {
      await access?.close();
    }
  }

  async #openSession(
    server: ResolvedServer,
    access: OAuthAccess | undefined,
    current: () => Current,
  ): Promise<McpSession> {
    const { connectMs, maxFrameBytes, onEvent } = this.#options;
    const { signal } = this.#closed;
    // The SDK takes 100 ms to load, which a program that calls nothing should not wait for.
    const { openSession } = await import('./mcp-connect.ts');
    const session = await openSession(server, {
      access,
      era: this.#era,
      connectMs,
      maxFrameBytes,
      signal,
      onEvent,
      onAnswer: () => this.#breaker.succeed(),
      onToolsChanged: () => this.#refresh(current()),
    });
    this.#sessions.add(session);
    for (const old of this.#sessions) if (old.gone) void this.#retire(old);
    return session;
  }

  /** Credentials of the configuration go before OAuth. */
  async #access(server: ResolvedServer): Promise<OAuthAccess | undefined> {
    const { oauth } = this.#options;
    if (oauth === undefined || server.type === 'stdio') return undefined;
    const isGiven = Object.keys(server.headers).some((name) => /^authorization$/i.test(name));
    if (isGiven) return undefined;
    const { OAuthAccess } = await import('./mcp-oauth.ts');
    return OAuthAccess.open(server.id, server.url, oauth, server.oauth);
  }

  async #readCatalog(session: McpSession): Promise<ServerCatalog> {
    try {
      if (this.#closed.signal.aborted) throw closedError();
      return await this.#options.introspect(session);
    } catch (error) {
      await this.#retire(session);
      throw error;
    }
  }

  /** Reads the catalog anew, at most once in `refreshMs`. One that cannot be read stays as it was. */
  #refresh(current: Current): void {
    current.stale = true;
    const { open } = current;
    if (open === undefined || current.refreshing !== undefined || open.session.gone) return;
    const read = async (): Promise<void> => {
      const waitMs = (current.refreshedAt ?? -refreshMs) + refreshMs - performance.now();
      const { signal } = this.#closed;
      if (waitMs > 0) await delay(waitMs, undefined, { signal, ref: false });
      current.stale = false;
      current.refreshedAt = performance.now();
      open.catalog = await this.#options.introspect(open.session);
    };
    const finish = (): void => {
      current.refreshing = undefined;
      if (current.stale) this.#refresh(current);
    };
    current.refreshing = read().then(finish, finish);
  }

  async #retire(session: McpSession): Promise<void> {
    await session.close();
    this.#sessions.delete(session);
  }

  /** Ends the connection, or the attempt to make it. Settles within 2 s. */
  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#idle);
    const retireAll = () => [...this.#sessions].map((session) => this.#retire(session));
    await Promise.allSettled([this.#current?.attempt, ...retireAll()]);
    // One that was opened while the attempt was awaited.
    await Promise.allSettled(retireAll());
  }
}

/** `server`, whose tokens appear in no output either. */
function withSecrets(server: ResolvedServer, access: OAuthAccess): ResolvedServer {
  const redact: Redact = (text) => createRedact(access.secrets)(server.redact(text));
  return { ...server, redact };
}

export function closedError(): SandboxError {
  return new SandboxError('ABORTED', 'The bridge is closed.');
}
