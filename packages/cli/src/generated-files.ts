import { generateGlobals, generateReadme } from '@org/codegen';
import { parseVfsPath, SandboxError, type ServerId, toolsRoot, type VfsPath } from '@org/core';
import { createFileSystem } from '@org/vfs';
import type { Toolbox } from './toolbox.ts';

/** What a program finds under /mcp-tools. */
export interface GeneratedTree {
  readonly files: ReadonlyMap<VfsPath, string>;
  /** Servers whose catalog could not be read, with their folder. */
  readonly failed: readonly {
    readonly server: ServerId;
    readonly folder: VfsPath;
    readonly error: SandboxError;
  }[];
}

/** What an editor and tsc need beside the tree. */
export const tsconfigPath = parseVfsPath('tsconfig.json', toolsRoot);

/** Programs in the folder find what the sandbox has, and nothing of Node or a browser. */
const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    lib: ['esnext'],
    types: [],
    module: 'preserve',
    moduleDetection: 'force',
    resolveJsonModule: true,
    strict: true,
    noEmit: true,
  },
};

export const tsconfigText = `${JSON.stringify(tsconfig, null, 2)}\n`;

/** The tree of `servers`, sorted by path within each of its parts. */
export async function generateTree(
  toolbox: Toolbox,
  servers: readonly ServerId[],
): Promise<GeneratedTree> {
  const read = async (server: ServerId) => {
    const folder = toolbox.folder(server);
    try {
      const { catalog, files } = await toolbox.wrappers(server);
      return { server, folder, catalog, files };
    } catch (error) {
      if (error instanceof SandboxError) return { server, folder, error };
      throw error;
    }
  };
  const found = await Promise.all([...servers].sort().map(read));
  const globals = generateGlobals();
  const files = new Map<VfsPath, string>([
    [parseVfsPath('README.md', toolsRoot), generateReadme(found, globals)],
    [parseVfsPath('globals.d.ts', toolsRoot), globals],
  ]);
  for (const { files: wrappers = [] } of found) {
    for (const [file, text] of wrappers) files.set(file, text);
  }
  const failed = found.flatMap(({ server, folder, error }) =>
    error === undefined
      ? []
      : [{ server, folder: parseVfsPath(`servers/${folder}`, toolsRoot), error }],
  );
  return { files, failed };
}

/** The files as a tree, for people. */
export function treeOf(files: ReadonlyMap<VfsPath, string>): Promise<string> {
  const shown = createFileSystem();
  shown.publish(files);
  return shown.tree(toolsRoot);
}
