import {
  type BridgeEvent,
  type BridgeOptions,
  type ClientRules,
  createAudit,
  createBridge,
  type Launch,
  type PinnedBridge,
  readServerConfig,
  type ServerConfig,
  type ServerEntry,
  type ServerEvent,
} from '@org/bridge';
import type { ObservedTypes } from '@org/codegen';
import {
  type Approver,
  type CallContext,
  SandboxError,
  type ServerId,
  type ToolSearch,
} from '@org/core';
import { introspect, introspectOffer } from '@org/introspector';
import { type ApprovalFlags, openApprovals } from './approvals.ts';
import { cacheFolder } from './cache-folder.ts';
import { CatalogCache } from './catalog-cache.ts';
import type { Introspected } from './describe-catalog.ts';
import { MadeOf } from './made-of.ts';
import { openMounts } from './mounts.ts';
import { openObservedTypes } from './observed-types.ts';
import { plainLine } from './plain-text.ts';
import { openProjectTrust, type ProjectTrustOptions, type TrustState } from './project-trust.ts';
import { openSkillStore } from './skills/open-store.ts';
import {
  type ToolboxParts,
  type ToolboxView,
  type ViewOptions,
  viewToolbox,
  type Wrappers,
} from './toolbox-view.ts';

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
  /** Told of each server that is asked for its catalog; disposed of when it has answered. */
  readonly onWait?: ((server: ServerId) => Disposable) | undefined;
  /** Told of each catalog that a server has sent. */
  readonly onCatalog?: (() => void) | undefined;
  /** Whether connections stay open that nobody uses, so that servers can tell changes. */
  readonly stayConnected?: boolean | undefined;
  /** Spans and metrics of calls. Left out: none. */
  readonly telemetry?: BridgeOptions['telemetry'];
  /** Whether types of results are learned from results. */
  readonly learn?: boolean;
  /** Servers that are not used although they are configured. Default: none. */
  readonly leaveOut?: (launch: Launch) => boolean;
  /** Whether a missing `.mcp.json` is the same as one without servers. */
  readonly configOptional: boolean;
}

/** The configured servers, and the file system on which their tools are a typed API. */
export interface Toolbox extends ToolboxView, AsyncDisposable {
  readonly config: ServerConfig;
  /** What was learned of results; the wrappers have it. */
  readonly observed: ObservedTypes;
  trustOf(server: ServerEntry): Promise<TrustState>;
  /** What the server says now of its tools, and of what else it offers. Throws as `catalog` does. */
  introspect(server: string): Promise<Introspected>;
  /**
   * For a run of a client, of which the toolbox has several. Throws as `Bridge.pinned`.
   * @param client whose observer is told of results where types are learned at all
   */
  pinned(client: ClientRules): PinnedBridge;
  /** The servers as the run sees them that has this bridge. */
  view(options: ViewOptions): Promise<ToolboxView>;
  /** Forgets what a content filter hid from a session. */
  endSession(context: CallContext): void;
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

function withoutSome(config: ServerConfig, leaveOut: ToolboxOptions['leaveOut']): ServerConfig {
  const servers = config.servers.filter(({ launch }) => !leaveOut?.(launch));
  return { ...config, servers };
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
  const config = withoutSome(await readConfig(options), options.leaveOut);
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
    onWait: options.onWait,
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
    ...(options.telemetry && { telemetry: options.telemetry }),
    ...(options.learn && { observer: observed }),
    ...(await openApprovals(options, config)),
  });
  // Who watches servers for changes wants to see them.
  const bridge = options.stayConnected ? connections : connections.pinned();
  const made = {
    wrappers: new MadeOf<Wrappers['files']>(64),
    searches: new MadeOf<Promise<ToolSearch>>(8),
  };
  const parts: ToolboxParts = {
    config,
    cache,
    mounts,
    skills: await openSkillStore(options.skills),
    ...made,
  };
  const view = await viewToolbox(parts, { bridge, observed });
  return {
    ...view,
    config,
    observed,
    trustOf: (server) => trust.stateOf(server),
    introspect: async (name) => {
      const server = name as ServerId;
      const [live, offer] = await cache.asking(server, async () => [
        await bridge.catalog(server),
        await bridge.read(server, introspectOffer),
      ]);
      return { ...live, ...offer, rejected: [...live.rejected, ...offer.rejected] };
    },
    pinned: ({ observer, ...rules }) =>
      connections.pinned({ ...rules, ...(options.learn && observer && { observer }) }),
    view: (of) => viewToolbox(parts, of),
    endSession: (context) => connections.endSession(context),
    kept: cache.served,
    [Symbol.asyncDispose]: async () => {
      await connections.close();
      await cache.settled();
      await observed.flush();
      await audit?.close();
    },
  };
}
