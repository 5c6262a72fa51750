import { type CatalogSource, SandboxError, type ServerCatalog } from '@org/core';
import type { McpSession } from './mcp-session.ts';
import type { ResolvedServer, ServerEntry } from './server-entry.ts';

export type Introspect = (source: CatalogSource) => Promise<ServerCatalog>;

/** A connection in use. */
export interface Connected {
  readonly server: ResolvedServer;
  readonly session: McpSession;
  readonly catalog: ServerCatalog;
}

export interface ConnectionOptions {
  readonly introspect: Introspect;
  readonly connectMs: number;
  readonly maxFrameBytes: number;
}

/**
 * The connection to one server: made at its first use, shared by all calls, replaced at the next
 * use once it is gone. A failed attempt is not remembered.
 */
export class ServerConnection {
  readonly #entry: ServerEntry;
  readonly #options: ConnectionOptions;
  readonly #closed = new AbortController();
  /** Sessions that may still have a process. */
  readonly #sessions = new Set<McpSession>();
  #current: { readonly attempt: Promise<Connected>; session?: McpSession } | undefined;

  constructor(entry: ServerEntry, options: ConnectionOptions) {
    this.#entry = entry;
    this.#options = options;
  }

  /** @throws SandboxError `SERVER_UNAVAILABLE`, `VARIABLE_UNSET`, `CONFIG_INVALID` or `ABORTED` */
  use(): Promise<Connected> {
    if (this.#closed.signal.aborted) return Promise.reject(closedError());
    if (this.#current?.session?.gone) this.#current = undefined;
    if (this.#current === undefined) {
      const current: { attempt: Promise<Connected>; session?: McpSession } = {
        attempt: this.#connect().then(
          (connected) => {
            current.session = connected.session;
            return connected;
          },
          (error: unknown) => {
            if (this.#current === current) this.#current = undefined;
            throw this.#closed.signal.aborted ? closedError() : error;
          },
        ),
      };
      this.#current = current;
    }
    return this.#current.attempt;
  }

  async #connect(): Promise<Connected> {
    const server = this.#entry.resolve();
    const { connectMs, maxFrameBytes, introspect } = this.#options;
    const { signal } = this.#closed;
    // The SDK takes 100 ms to load, which a program that calls nothing should not wait for.
    const { openSession } = await import('./mcp-session.ts');
    const session = await openSession(server, { connectMs, maxFrameBytes, signal });
    this.#sessions.add(session);
    for (const old of this.#sessions) if (old.gone) this.#retire(old);
    try {
      if (signal.aborted) throw closedError();
      return { server, session, catalog: await introspect(session) };
    } catch (error) {
      await this.#retire(session);
      throw error;
    }
  }

  async #retire(session: McpSession): Promise<void> {
    await session.close();
    this.#sessions.delete(session);
  }

  /** Ends the connection, or the attempt to make it. Settles within 2 s. */
  async close(): Promise<void> {
    this.#closed.abort();
    const retireAll = () => [...this.#sessions].map((session) => this.#retire(session));
    await Promise.allSettled([this.#current?.attempt, ...retireAll()]);
    // One that was opened while the attempt was awaited.
    await Promise.allSettled(retireAll());
  }
}

export function closedError(): SandboxError {
  return new SandboxError('ABORTED', 'The bridge is closed.');
}
