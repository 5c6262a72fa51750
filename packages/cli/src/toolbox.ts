import {
  type Bridge,
  type BridgeEvent,
  createAudit,
  createBridge,
  readServerConfig,
  type ServerConfig,
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
import type { SkillStore } from '@org/skill-store';
import { createFileSystem, type VirtualFileSystem } from '@org/vfs';
import { type ApprovalFlags, openApprovals } from './approvals.ts';
import { openSkillStore } from './skills/open-store.ts';
import { searchSkills } from './skills/search-skills.ts';
import { skillFolders } from './skills/skill-wrappers.ts';

export interface ToolboxOptions extends ApprovalFlags {
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
  /** Folder of skills; left out: those of the project. */
  readonly skills?: string | undefined;
  /** File for a record of each call; left out: none is kept. */
  readonly auditPath?: string | undefined;
  /** Told when that file cannot be written. */
  readonly onAuditProblem?: (message: string) => void;
  /** Whether a missing `.mcp.json` is the same as one without servers. */
  readonly configOptional: boolean;
}

/** The configured servers, and the file system on which their tools are a typed API. */
export interface Toolbox extends AsyncDisposable {
  readonly bridge: Bridge;
  /** Wrappers of a server are generated when they are first read. */
  readonly files: VirtualFileSystem;
  readonly search: ToolSearch;
  /** The project's skills. */
  readonly skills: SkillStore;
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
  const { allow, ask, deny, approver, onEvent, auditPath, onAuditProblem } = options;
  const audit =
    auditPath === undefined
      ? undefined
      : createAudit({ path: auditPath, ...(onAuditProblem && { onProblem: onAuditProblem }) });
  const bridge = createBridge({
    servers: config,
    introspect,
    oauth: process.stderr.isTTY ? { askUser } : {},
    ...(allow && { allow }),
    ...(ask && { ask }),
    ...(deny && { deny }),
    ...(approver && { approver }),
    ...(onEvent && { onEvent }),
    ...(audit && { audit }),
    ...(await openApprovals(options, config)),
  });
  const folders = serverFolders(config.servers.map(({ id }) => id));
  const folder = (server: ServerId) => folders.get(server) as string;

  const lazyFolders = new Map<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>();
  for (const server of folders.keys()) {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    lazyFolders.set(path, async () =>
      generateServerFiles(await bridge.catalog(server), folder(server)),
    );
  }
  const store = await openSkillStore(options.skills);
  for (const [path, load] of await skillFolders(store)) lazyFolders.set(path, load);
  const files = createFileSystem({ lazyFolders });
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));

  // Introspects every server at the first search; one that cannot be reached hides its own tools.
  let searching: Promise<ToolSearch> | undefined;
  const openSearch = async (): Promise<ToolSearch> => {
    const found = await Promise.allSettled(bridge.servers.map((server) => bridge.catalog(server)));
    const catalogs = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const search = createToolSearch(catalogs, folders);
    return async (query) => search(query);
  };
  return {
    bridge,
    files,
    search: async (query) => {
      searching ??= openSearch();
      const [skills, tools] = await Promise.all([
        searchSkills(store, query),
        searching.then((search) => search(query)),
      ]);
      const hits = skills.map(({ name, ...hit }) => ({ server: 'skills', tool: name, ...hit }));
      return [...hits, ...tools];
    },
    skills: store,
    folder,
    catalog: (server) => bridge.catalog(server as ServerId),
    [Symbol.asyncDispose]: async () => {
      await bridge.close();
      await audit?.close();
    },
  };
}
