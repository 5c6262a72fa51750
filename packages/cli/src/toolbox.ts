import {
  type BridgeEvent,
  createAudit,
  createBridge,
  type PinnedBridge,
  readServerConfig,
  type ServerConfig,
  type ServerEntry,
  type ServerEvent,
} from '@org/bridge';
import {
  createToolSearch,
  generateGlobals,
  generateServerFiles,
  serverFolders,
} from '@org/codegen';
import {
  type Approver,
  parseVfsPath,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolSearch,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem, type VirtualFileSystem } from '@org/vfs';
import { type ApprovalFlags, openApprovals } from './approvals.ts';
import { DeniedTools } from './denied-tools.ts';
import { openProjectTrust, type ProjectTrustOptions, type TrustState } from './project-trust.ts';

export interface ToolboxOptions extends ApprovalFlags, ProjectTrustOptions {
  /** Server configuration; left out: `.mcp.json` in the working folder. */
  readonly configPath: string | undefined;
  /** Patterns of the tools that may be used; left out: those of all servers. */
  readonly allow?: readonly string[] | undefined;
  /** Patterns of the tools that a person has to approve. */
  readonly ask?: readonly string[] | undefined;
  /** Patterns of the tools that may not be used. */
  readonly deny?: readonly string[] | undefined;
  /** Left out: calls that need an approval are refused. */
  readonly approver?: Approver | undefined;
  readonly onEvent?: (event: BridgeEvent) => void;
  /** What servers log and tell of their progress. Left out: it is not asked for. */
  readonly onServerEvent?: ((event: ServerEvent) => void) | undefined;
  /** File for a record of each call; left out: none is kept. */
  readonly auditPath?: string | undefined;
  /** Told when that file cannot be written. */
  readonly onAuditProblem?: (message: string) => void;
  /** Whether a missing `.mcp.json` is the same as one without servers. */
  readonly configOptional: boolean;
}

/** The configured servers, and the file system on which their tools are a typed API. */
export interface Toolbox extends AsyncDisposable {
  readonly config: ServerConfig;
  /** Keeps the catalogs that it saw first, as a run has to. */
  readonly bridge: PinnedBridge;
  /** Wrappers of a server are generated when they are first read. */
  readonly files: VirtualFileSystem;
  readonly search: ToolSearch;
  trustOf(server: ServerEntry): Promise<TrustState>;
  /** Name of a server's folder under /mcp-tools/servers. */
  folder(server: ServerId): string;
  /** @throws SandboxError `UNKNOWN_SERVER` with a suggestion, or what connecting throws */
  catalog(server: string): Promise<ServerCatalog>;
}

async function readConfig(options: ToolboxOptions): Promise<ServerConfig> {
  const { configPath } = options;
  try {
    return await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(configPath === undefined ? {} : { configPath }),
    });
  } catch (error) {
    const absent = error instanceof SandboxError && error.code === 'CONFIG_NOT_FOUND';
    if (absent && configPath === undefined && options.configOptional)
      return { files: [], servers: [], shadowed: [], policy: {} };
    throw error;
  }
}

function askUser({ server, url }: { readonly server: string; readonly url: string }): void {
  process.stderr.write(`Server ${JSON.stringify(server)} asks for your consent. Open:\n${url}\n`);
}

/**
 * Reads the configuration and wires bridge, introspector, codegen and file system together.
 * No server is started before it is used.
 * @throws SandboxError `CONFIG_NOT_FOUND`, `CONFIG_INVALID` or `UNKNOWN_SERVER`
 */
export async function openToolbox(options: ToolboxOptions): Promise<Toolbox> {
  const config = await readConfig(options);
  const { allow, ask, deny, approver, onEvent, onServerEvent } = options;
  const { auditPath, onAuditProblem } = options;
  const audit =
    auditPath === undefined
      ? undefined
      : createAudit({ path: auditPath, ...(onAuditProblem && { onProblem: onAuditProblem }) });
  const trust = await openProjectTrust(config, options);
  const bridge = createBridge({
    servers: config,
    introspect,
    admit: trust.admit,
    oauth: process.stderr.isTTY ? { askUser } : {},
    ...(allow && { allow }),
    ...(ask && { ask }),
    ...(deny && { deny }),
    ...(approver && { approver }),
    ...(onEvent && { onEvent }),
    ...(onServerEvent && { onServerEvent }),
    ...(audit && { audit }),
    ...(await openApprovals(options, config)),
  });
  const pinned = bridge.pinned();
  const denied = new DeniedTools(pinned);
  const folders = serverFolders(config.servers.map(({ id }) => id));
  const folder = (server: ServerId) => folders.get(server) as string;

  const lazyFolders = new Map<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>();
  for (const server of folders.keys()) {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    lazyFolders.set(path, async () => {
      const { catalog, deniedTools } = denied.leaveOut(await pinned.catalog(server), path);
      return generateServerFiles(catalog, folder(server), { deniedTools });
    });
  }
  const files = createFileSystem({ lazyFolders });
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));

  // Introspects every server at the first search; one that cannot be reached hides its own tools.
  let searching: Promise<ToolSearch> | undefined;
  const openSearch = async (): Promise<ToolSearch> => {
    const found = await Promise.allSettled(pinned.servers.map((server) => pinned.catalog(server)));
    const catalogs = found.flatMap((one) =>
      one.status === 'fulfilled' ? [pinned.permitted(one.value)] : [],
    );
    const search = createToolSearch(catalogs, folders);
    return async (query) => search(query);
  };
  return {
    config,
    bridge: pinned,
    files: denied.explain(files),
    search: async (query) => {
      searching ??= openSearch();
      return (await searching)(query);
    },
    trustOf: (server) => trust.stateOf(server),
    folder,
    catalog: (server) => pinned.catalog(server as ServerId),
    [Symbol.asyncDispose]: async () => {
      await bridge.close();
      await audit?.close();
    },
  };
}
