import type {
  Approver,
  CallContext,
  CallPreviewer,
  CatalogSource,
  ContentFilter,
  ResultObserver,
  ServerCatalog,
  ServerId,
  ToolCaller,
  ToolDefinition,
} from '@org/core';
import type { ApprovalStore } from './approvals.ts';
import type { Audit } from './audit.ts';
import type { ReconnectOptions } from './breaker.ts';
import type { BridgeCaps } from './bridge-caps.ts';
import type { BridgeEvent } from './bridge-event.ts';
import type { OAuthOptions } from './mcp-oauth.ts';
import type { PolicyRules } from './policy.ts';
import type { CallPolicy } from './policy-config.ts';
import type { RateStore } from './rate-store.ts';
import type { ResultStore } from './result-store.ts';
import type { ServerConfig } from './server-config.ts';
import type { Admit, Introspect } from './server-connection.ts';
import type { ServerEntry } from './server-entry.ts';
import type { ServerEvent } from './server-event.ts';
import type { ServerStatus } from './server-pool.ts';
import type { Telemetry } from './telemetry.ts';

/** `allow`, `ask` and `deny` hold beside the configuration's own policy: the stricter one decides. */
export interface BridgeOptions extends Omit<PolicyRules, 'default'> {
  readonly servers: ServerConfig | readonly ServerEntry[];
  /** Instead of the configuration's. */
  readonly policy?: CallPolicy;
  /** Reads a server's catalog through its connection: `@org/introspector`'s function. */
  readonly introspect: Introspect;
  /** Asked before a server is connected to, also again. Left out: all configured ones may be. */
  readonly admit?: Admit;
  /** Whom to ask about calls. Left out: calls that need an approval are refused. */
  readonly approver?: Approver;
  /** Left out: approvals are remembered by this bridge alone. */
  readonly approvals?: ApprovalStore;
  /** Where results are kept. Left out: in memory, by this bridge alone. */
  readonly results?: ResultStore;
  /** For whom the calls are made; nobody else gets a result that is kept. Default: nobody's name. */
  readonly principal?: string;
  /** Where calls are counted. Left out: in memory, by this bridge alone. */
  readonly rateStore?: RateStore;
  readonly onEvent?: (event: BridgeEvent) => void;
  readonly caps?: Partial<BridgeCaps>;
  /** How a server that fails is tried again. */
  readonly reconnect?: Partial<ReconnectOptions>;
  /** Gets the servers' logs and the progress of calls, as the filter leaves them. Must not throw. */
  readonly onServerEvent?: (event: ServerEvent) => void;
  /** For servers over HTTP that ask for OAuth. Left out: they are `SERVER_UNAVAILABLE`. */
  readonly oauth?: OAuthOptions;
  /**
   * Hides content from programs. Left out: the built-in filter with the rules that servers have in
   * the configuration, and none where no server has any.
   */
  readonly filter?: ContentFilter;
  /** Keeps a record of each call. The bridge does not close it. */
  readonly audit?: Audit;
  /** Made by `createTelemetry` of `@org/bridge/telemetry`. */
  readonly telemetry?: Telemetry;
  /** Learns from results, unless `learn` of the policy says otherwise. */
  readonly observer?: ResultObserver;
}

/** What holds for the calls of one client, where several share a bridge. */
export interface ClientRules extends Omit<PolicyRules, 'default'> {
  /** Nobody else gets a result that is kept, and what it calls does not count in another's rates. */
  readonly principal: string;
  /** Left out: approvals are remembered by this view alone. */
  readonly approvals?: ApprovalStore;
  /** Learns from results, in place of the bridge's. */
  readonly observer?: ResultObserver;
}

/** The way of every tool call to its server. Made by `createBridge`. */
export interface Bridge extends ToolCaller, CallPreviewer, AsyncDisposable {
  readonly tellsSent: true;
  /** The servers that may be used, sorted. None is connected before its first use. */
  readonly servers: readonly ServerId[];
  /**
   * The catalog of `server`, read once per connection and again when the server says that it has
   * changed; connects if needed.
   * @throws SandboxError `UNKNOWN_SERVER`, `NOT_ALLOWED`, `NOT_TRUSTED`, `VARIABLE_UNSET`,
   * `CONFIG_INVALID`, `SERVER_UNAVAILABLE`, or `ABORTED` once the bridge is closed
   */
  catalog(server: ServerId): Promise<ServerCatalog>;
  /** `catalog` without the tools that the policy denies. Those that it asks about stay. */
  permitted(catalog: ServerCatalog): ServerCatalog;
  /**
   * What `work` reads of what `server` offers, through its connection: what nobody asks for is not
   * read. Throws what `catalog()` and `work` throw.
   */
  read<Value>(server: ServerId, work: (source: CatalogSource) => Promise<Value>): Promise<Value>;
  /** Where `server` stands; connects nothing. Throws what a name alone makes `catalog()` throw. */
  status(server: ServerId): ServerStatus;
  /** Whether `tool` only reads, by the operator's word or an annotation that is trusted. */
  isReadOnly(server: ServerId, tool: ToolDefinition): boolean;
  /**
   * Whether a second equal call changes nothing more, by the operator's word or an annotation that is
   * trusted. False for a tool of a server that no call was made to.
   */
  mayRepeat(server: string, tool: string): boolean;
  /**
   * This bridge for one run: of each server it keeps the catalog that it saw first.
   * @param client whose run it is: its rules hold beside the bridge's, of both the stricter one
   * @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: a pattern of the client that cannot be used
   */
  pinned(client?: ClientRules): PinnedBridge;
  /** Forgets what was hidden from a session of a principal: its tokens stand for nothing then. */
  endSession(context: CallContext): void;
  /** Cancels what is under way and ends every server, within 2 s. Calls after it are refused. */
  close(): Promise<void>;
}

/** A run's view of a bridge. Ends with the bridge. */
export type PinnedBridge = Omit<
  Bridge,
  'pinned' | 'endSession' | 'close' | typeof Symbol.asyncDispose
>;
