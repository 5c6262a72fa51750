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
  generateGlobals,
  generateReadme,
  generateServerFiles,
  type ObservedTypes,
  type ObservedTypesOf,
  serverFolders,
  withFieldNames,
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
import { introspect, introspectOffer } from '@org/introspector';
import type { SkillStore } from '@org/skill-store';
import { createFileSystem, type VirtualFileSystem } from '@org/vfs';
import { type ApprovalFlags, openApprovals } from './approvals.ts';
import { cacheFolder } from './cache-folder.ts';
import { CatalogCache } from './catalog-cache.ts';
import { DeniedTools } from './denied-tools.ts';
import type { Introspected } from './describe-catalog.ts';
import { openMounts } from './mounts.ts';
import { openObservedTypes } from './observed-types.ts';
import { plainLine } from './plain-text.ts';
import { openProjectTrust, type ProjectTrustOptions, type TrustState } from './project-trust.ts';
import { openSkillStore } from './skills/open-store.ts';
import { withSkills } from './skills/search-skills.ts';
import { skillFolders } from './skills/skill-wrappers.ts';
import { type FoundCatalogs, findCatalogs, searchOver } from './tool-finder.ts';

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
  /** Folder of skills; left out: those of the project. */
  readonly skills?: string | undefined;
  /** File for a record of each call; left out: none is kept. */
  readonly auditPath?: string | undefined;
  /** Told when that file cannot be written. */
  readonly onAuditProblem?: (message: string) => void;
  /** Folders of the host that programs may read: `<folder>[:<name>]`. */
  readonly mount?: readonly string[] | undefined;
  /** Whether catalogs are kept on the disk. Default: yes. */
  readonly cache?: boolean | undefined;
  /** Whether servers are asked even where the disk has their catalog. */
  readonly refresh?: boolean | undefined;
  /** Told of each catalog that a server has sent. */
  readonly onCatalog?: (() => void) | undefined;
  /** Whether connections stay open that nobody uses, so that servers can tell changes. */
  readonly stayConnected?: boolean | undefined;
  /** Whether types of results are learned from results. */
  readonly learn?: boolean;
  /** Whether a missing `.mcp.json` is the same as one without servers. */
  readonly configOptional: boolean;
}

/** Files of a server's tools, and the catalog that they are of. */
export interface Wrappers {
  readonly catalog: ServerCatalog;
  /** What was learned of results. */
  readonly observed: ObservedTypesOf;
  readonly files: ReadonlyMap<VfsPath, string>;
}

/** The configured servers, and the file system on which their tools are a typed API. */
export interface Toolbox extends AsyncDisposable {
  readonly config: ServerConfig;
  /** Keeps the catalogs that it saw first, as a run has to. */
  readonly bridge: PinnedBridge;
  /** Wrappers of a server are generated when they are first read. */
  readonly files: VirtualFileSystem;
  readonly search: ToolSearch;
  /** The project's skills. */
  readonly skills: SkillStore;
  /** What was learned of results; the wrappers have it. */
  readonly observed: ObservedTypes;
  trustOf(server: ServerEntry): Promise<TrustState>;
  /** Name of each server's folder under /mcp-tools/servers. */
  readonly folders: ReadonlyMap<ServerId, string>;
  /** Name of a server's folder under /mcp-tools/servers. */
  folder(server: ServerId): string;
  /**
   * What a server offers, from the disk while that holds; old, where the server cannot be reached.
   * @throws SandboxError `UNKNOWN_SERVER` with a suggestion, or what connecting throws
   */
  catalog(server: string): Promise<ServerCatalog>;
  /** What the server says now of its tools, and of what else it offers. Throws as `catalog` does. */
  introspect(server: string): Promise<Introspected>;
  /** Those of all servers that can be had. */
  catalogs(): Promise<FoundCatalogs>;
  /** Without the tools that the policy denies. Throws as `catalog` does. */
  wrappers(server: ServerId): Promise<Wrappers>;
  /** The catalogs that came from the disk so far, and when they were read. */
  readonly kept: ReadonlyMap<ServerId, Date>;
}

/** As long as a timer of Node can wait. */
const longestIdleMs = 2 ** 31 - 1;

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
 * @throws SandboxError `CONFIG_NOT_FOUND`, `CONFIG_INVALID`, `UNKNOWN_SERVER` or `USAGE`
 */
export async function openToolbox(options: ToolboxOptions): Promise<Toolbox> {
  const mounts = await openMounts(options.mount);
  const config = await readConfig(options);
  const { allow, ask, deny, approver, onEvent, onServerEvent } = options;
  const { auditPath, onAuditProblem } = options;
  const audit =
    auditPath === undefined
      ? undefined
      : createAudit({ path: auditPath, ...(onAuditProblem && { onProblem: onAuditProblem }) });
  const warn = (message: string) => process.stderr.write(`Warning: ${plainLine(message)}\n`);
  const cache = new CatalogCache(config.servers, {
    folder: await cacheFolder(options.cache ?? true, 'catalogs'),
    refresh: options.refresh,
    onRead: options.onCatalog,
    onStale: warn,
  });
  const trust = await openProjectTrust(config, options);
  const observed = await openObservedTypes(config, warn);
  const connections = createBridge({
    servers: config,
    introspect: cache.keeping(introspect),
    admit: trust.admit,
    oauth: process.stderr.isTTY ? { askUser } : {},
    ...(options.stayConnected && { caps: { idleMs: longestIdleMs } }),
    ...(allow && { allow }),
    ...(ask && { ask }),
    ...(deny && { deny }),
    ...(approver && { approver }),
    ...(onEvent && { onEvent }),
    ...(onServerEvent && { onServerEvent }),
    ...(audit && { audit }),
    ...(options.learn && { observer: observed }),
    ...(await openApprovals(options, config)),
  });
  // Who watches servers for changes wants to see them.
  const bridge = options.stayConnected ? connections : connections.pinned();
  const catalog = async (server: ServerId): Promise<ServerCatalog> => {
    // Throws for a server that there is not, or that may not be used.
    bridge.status(server);
    return cache.get(server, () => bridge.catalog(server));
  };
  const fieldNames = new Map(config.servers.map((entry) => [entry.id, entry.fieldNames]));
  /** As programs see it. */
  const permitted = async (server: ServerId): Promise<ServerCatalog> =>
    withFieldNames(bridge.permitted(await catalog(server)), fieldNames.get(server));
  const denied = new DeniedTools(bridge);
  const folders = serverFolders(config.servers.map(({ id }) => id));
  const folder = (server: ServerId) => folders.get(server) as string;

  const wrappers = async (server: ServerId): Promise<Wrappers> => {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    const { catalog: own, deniedTools } = denied.leaveOut(await catalog(server), path);
    const found = withFieldNames(own, fieldNames.get(server));
    const known = await observed.typesOf(found);
    const files = generateServerFiles(found, folder(server), { deniedTools, observed: known });
    return { catalog: found, observed: known, files };
  };
  const lazyFolders = new Map<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>();
  for (const server of folders.keys()) {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    lazyFolders.set(path, async () => (await wrappers(server)).files);
  }
  const store = await openSkillStore(options.skills);
  for (const [path, load] of await skillFolders(store)) lazyFolders.set(path, load);
  const globals = generateGlobals();
  const readme = async () => {
    const indexed = bridge.servers.map(async (server) => {
      const found = await permitted(server).catch(() => undefined);
      return { folder: folder(server), ...(found && { catalog: found }) };
    });
    return generateReadme(await Promise.all(indexed), globals);
  };
  const lazyFiles = new Map([[parseVfsPath('README.md', toolsRoot), readme]]);
  const files = createFileSystem({ lazyFolders, lazyFiles, mounts });
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), globals]]));

  const catalogs = async (): Promise<FoundCatalogs> => {
    const found = await findCatalogs(bridge.servers, permitted);
    const types = found.catalogs.map(
      async (one) => [one.server, await observed.typesOf(one)] as const,
    );
    return { ...found, observed: new Map(await Promise.all(types)) };
  };
  return {
    config,
    bridge,
    files: denied.explain(files),
    search: withSkills(store, searchOver(catalogs, folders)),
    skills: store,
    observed,
    trustOf: (server) => trust.stateOf(server),
    folders,
    folder,
    catalog: (server) => catalog(server as ServerId),
    introspect: async (name) => {
      const server = name as ServerId;
      const live = await bridge.catalog(server);
      const offer = await bridge.read(server, introspectOffer);
      return { ...live, ...offer, rejected: [...live.rejected, ...offer.rejected] };
    },
    catalogs,
    wrappers,
    kept: cache.served,
    [Symbol.asyncDispose]: async () => {
      await connections.close();
      await cache.settled();
      await observed.flush();
      await audit?.close();
    },
  };
}
