import type { PinnedBridge, ServerConfig } from '@org/bridge';
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
  parseVfsPath,
  type ServerCatalog,
  type ServerId,
  type ToolSearch,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import type { SkillStore } from '@org/skill-store';
import {
  createFileSystem,
  type HostFolder,
  type VirtualFileSystem,
  type Workspace,
} from '@org/vfs';
import type { CatalogCache } from './catalog-cache.ts';
import { DeniedTools } from './denied-tools.ts';
import { contentOf, type MadeOf } from './made-of.ts';
import { findableSkills } from './skills/findable-skills.ts';
import { skillFolders } from './skills/skill-wrappers.ts';
import { steppedCounts } from './stepped-counts.ts';
import { type FoundCatalogs, findCatalogs, searchOver } from './tool-finder.ts';

/** Files of a server's tools, and the catalog that they are of. */
export interface Wrappers {
  readonly catalog: ServerCatalog;
  /** What was learned of results. */
  readonly observed: ObservedTypesOf;
  readonly files: ReadonlyMap<VfsPath, string>;
}

/** What all views of a toolbox have in common. */
export interface ToolboxParts {
  readonly config: ServerConfig;
  readonly cache: CatalogCache;
  readonly mounts: ReadonlyMap<string, HostFolder>;
  readonly skills: SkillStore;
  /** Wrappers of one server each. */
  readonly wrappers: MadeOf<ReadonlyMap<VfsPath, string>>;
  readonly searches: MadeOf<Promise<ToolSearch>>;
}

export interface ViewOptions {
  /** Its policy decides what is seen. */
  readonly bridge: PinnedBridge;
  /** What was learned of results. */
  readonly observed: Pick<ObservedTypes, 'typesOf'>;
  /** Left out: an empty one in memory. */
  readonly workspace?: Workspace;
}

/** The servers as one run, or one command, sees them. */
export interface ToolboxView {
  /** Keeps the catalogs that it saw first, as a run has to. */
  readonly bridge: PinnedBridge;
  /** Wrappers of a server are generated when they are first read. */
  readonly files: VirtualFileSystem;
  readonly search: ToolSearch;
  /** The project's skills. */
  readonly skills: SkillStore;
  /** Name of each server's folder under /mcp-tools/servers. */
  readonly folders: ReadonlyMap<ServerId, string>;
  /** Name of a server's folder under /mcp-tools/servers. */
  folder(server: ServerId): string;
  /**
   * What a server offers, from the disk while that holds; old, where the server cannot be reached.
   * @throws SandboxError `UNKNOWN_SERVER` with a suggestion, or what connecting throws
   */
  catalog(server: string): Promise<ServerCatalog>;
  /** Those of all servers that can be had. */
  catalogs(): Promise<FoundCatalogs>;
  /** Without the tools that the policy denies. Throws as `catalog` does. */
  wrappers(server: ServerId): Promise<Wrappers>;
}

export async function viewToolbox(
  { config, cache, mounts, skills, wrappers: made, searches }: ToolboxParts,
  { bridge, observed, workspace }: ViewOptions,
): Promise<ToolboxView> {
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

  const wrappers = async (
    server: ServerId,
    asShown = (types: ObservedTypesOf) => types,
  ): Promise<Wrappers> => {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    const { catalog: own, deniedTools } = denied.leaveOut(await catalog(server), path);
    const found = withFieldNames(own, fieldNames.get(server));
    const known = asShown(await observed.typesOf(found));
    const files = made.get([deniedTools, folder(server), ...contentOf(found, known)], () =>
      generateServerFiles(found, folder(server), { deniedTools, observed: known }),
    );
    return { catalog: found, observed: known, files };
  };
  const lazyFolders = new Map<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>();
  for (const server of folders.keys()) {
    const path = parseVfsPath(`servers/${folder(server)}`, toolsRoot);
    lazyFolders.set(path, async () => (await wrappers(server, steppedCounts)).files);
  }
  for (const [path, load] of await skillFolders(skills)) lazyFolders.set(path, load);
  const globals = generateGlobals();
  const readme = async () => {
    const indexed = bridge.servers.map(async (server) => {
      const found = await permitted(server).catch(() => undefined);
      return { folder: folder(server), ...(found && { catalog: found }) };
    });
    return generateReadme(await Promise.all(indexed), globals);
  };
  const lazyFiles = new Map([[parseVfsPath('README.md', toolsRoot), readme]]);
  const files = createFileSystem({
    lazyFolders,
    lazyFiles,
    mounts,
    ...(workspace && { workspace }),
  });
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), globals]]));

  const catalogs = async (): Promise<FoundCatalogs> => {
    const found = await findCatalogs(bridge.servers, permitted);
    const types = found.catalogs.map(
      async (one) => [one.server, await observed.typesOf(one)] as const,
    );
    const others = await findableSkills(skills);
    return { ...found, others, observed: new Map(await Promise.all(types)) };
  };
  return {
    bridge,
    files: denied.explain(files),
    search: searchOver(catalogs, folders, searches),
    skills,
    folders,
    folder,
    catalog: (server) => catalog(server as ServerId),
    catalogs,
    wrappers,
  };
}
