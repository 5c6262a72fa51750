import type { McpServer } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { ConnectOptions } from '../agent-server.ts';
import type { HttpCaps } from './caps.ts';
import type { HttpClient } from './client.ts';
import type { ServerMetrics } from './metrics.ts';
import type { TokenStore } from './token-store.ts';

export interface HttpOptions {
  /**
   * A fresh server for this client: for a session (`legacy`), or for one request (`modern`). See
   * `AgentServer.connect`.
   */
  readonly agentServerFor: (
    client: HttpClient,
    connection: Pick<ConnectOptions, 'era'>,
  ) => McpServer | Promise<McpServer>;
  readonly listen: {
    /** Address to bind. Left out: `127.0.0.1` and `::1`. */
    readonly host?: string;
    /** 0: a free one. */
    readonly port: number;
  };
  /** Left out: none is valid, and only this machine is served. */
  readonly tokens?: TokenStore;
  /** Whether clients on this machine need a token too. All others always do. */
  readonly requireToken?: boolean;
  /** Names, without port, in `Host`, besides those of this machine and the address bound. */
  readonly allowedHosts?: readonly string[];
  /** Whole origins, such as `https://app.example.org`, that get CORS. */
  readonly allowedOrigins?: readonly string[];
  readonly caps?: Partial<HttpCaps>;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  /**
   * Suspends the runs under way durably, or aborts those that cannot be; each then answers its
   * request. Called when they did not end in time while the server closes.
   */
  readonly suspendRuns: () => Promise<void>;
}

export interface HttpServing {
  /** Of the MCP endpoint, one for each address that is bound. */
  readonly urls: readonly string[];
  /**
   * Takes no more work, waits for the requests under way, suspends the runs that are left, and closes.
   * A second call waits for the first.
   * @param graceMs how long requests may take to end by themselves. Default 10,000
   */
  close(graceMs?: number): Promise<void>;
}
