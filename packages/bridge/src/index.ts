export {
  type Bridge,
  type BridgeCaps,
  type BridgeOptions,
  createBridge,
  defaultCaps,
} from './bridge.ts';
export {
  type ReadServerConfigOptions,
  readServerConfig,
  type ServerConfigFile,
} from './server-config.ts';
export type { Introspect } from './server-connection.ts';
export type { ResolvedServer, ServerEntry, ServerType } from './server-entry.ts';
