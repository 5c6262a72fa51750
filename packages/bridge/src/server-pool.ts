import type { ServerCatalog } from '@org/core';
import { Breaker, type ReconnectOptions } from './breaker.ts';
import {
  type Connected,
  type ConnectionOptions,
  type ConnectionState,
  ServerConnection,
} from './server-connection.ts';
import type { ServerEntry } from './server-entry.ts';

export interface PoolOptions extends ConnectionOptions {
  readonly reconnect: ReconnectOptions;
  /** Connections at most. */
  readonly size: number;
}

/** Where a server stands, for people. */
export interface ServerStatus {
  readonly state: ConnectionState;
  /** Calls are refused for so long, because the server failed too often; 0 when they are not. */
  readonly retryAfterMs: number;
}

/**
 * The connections to one server. Each use takes the one with the fewest uses under way, so a
 * further one is opened only when all others are busy. They fail together: one breaker counts.
 */
export class ServerPool {
  readonly #breaker: Breaker;
  readonly #connections: readonly ServerConnection[];

  constructor(entry: ServerEntry, { reconnect, size, ...options }: PoolOptions) {
    const breaker = new Breaker(reconnect);
    this.#breaker = breaker;
    this.#connections = Array.from(
      { length: size },
      () => new ServerConnection(entry, options, breaker),
    );
  }

  get status(): ServerStatus {
    const states = this.#connections.map(({ state }) => state);
    const found = (['connected', 'initialised'] as const).find((state) => states.includes(state));
    return { state: found ?? 'uninitialised', retryAfterMs: this.#breaker.refusedMs };
  }

  /** As `ServerConnection.use()`. */
  use(signal?: AbortSignal): Promise<Connected> {
    return this.#leastUsed().use(signal);
  }

  /** As `ServerConnection.catalog()`. */
  catalog(): Promise<ServerCatalog> {
    return this.#leastUsed().catalog();
  }

  #leastUsed(): ServerConnection {
    return this.#connections.reduce((best, one) => (one.leases < best.leases ? one : best));
  }

  /** Ends all connections, within 2 s. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
