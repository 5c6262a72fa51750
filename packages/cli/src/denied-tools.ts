import type { PinnedBridge } from '@org/bridge';
import { identifierFor } from '@org/codegen';
import { parseVfsPath, SandboxError, type ServerCatalog, type VfsPath } from '@org/core';
import type { VirtualFileSystem } from '@org/vfs';

/** Tools that are in no generated file, because the policy denies every call of them. */
export class DeniedTools {
  readonly #bridge: PinnedBridge;
  /** Where their wrappers would be. */
  readonly #refusals = new Map<VfsPath, SandboxError>();

  constructor(bridge: PinnedBridge) {
    this.#bridge = bridge;
  }

  /** @param folder of the wrappers of the catalog's server */
  leaveOut(
    catalog: ServerCatalog,
    folder: VfsPath,
  ): { readonly catalog: ServerCatalog; readonly deniedTools: number } {
    const permitted = this.#bridge.permitted(catalog);
    const kept = new Set(permitted.tools);
    const denied = catalog.tools.filter((tool) => !kept.has(tool));
    for (const { name } of denied) {
      const file = parseVfsPath(`${identifierFor(name)}.ts`, folder);
      const message = `Calls of ${JSON.stringify(name)} of server ${JSON.stringify(catalog.server)} are not allowed by the policy.`;
      this.#refusals.set(
        file,
        new SandboxError('NOT_ALLOWED', message, { hint: 'Do without it.' }),
      );
    }
    return { catalog: permitted, deniedTools: denied.length };
  }

  /** `files`, in which a denied tool's file is none, and reading it says why. */
  explain(files: VirtualFileSystem): VirtualFileSystem {
    return {
      ...files,
      readFile: async (path) => {
        try {
          return await files.readFile(path);
        } catch (error) {
          throw this.#refusals.get(path) ?? error;
        }
      },
    };
  }
}
