export { defaultReconnect, type ReconnectOptions } from './breaker.ts';
export {
  type Bridge,
  type BridgeCaps,
  type BridgeOptions,
  createBridge,
  defaultCaps,
  type PinnedBridge,
} from './bridge.ts';
export type { OAuthOptions } from './mcp-oauth.ts';
export {
  type ReadServerConfigOptions,
  readServerConfig,
  type ServerConfig,
  type ShadowedEntry,
} from './server-config.ts';
export type { ConnectionState, Introspect } from './server-connection.ts';
export type { ResolvedServer, ServerEntry, ServerType } from './server-entry.ts';
export type { ServerEvent } from './server-event.ts';
export type { ServerStatus } from './server-pool.ts';
