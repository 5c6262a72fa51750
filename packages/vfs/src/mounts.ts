import { mountsRoot, parseVfsPath, SandboxError, type VfsPath } from '@org/core';
import type { HostFolder } from './host-folder.ts';
import { foldersOf } from './paths.ts';

/** The path at which the folder of the host that is mounted as `name` appears. @throws SandboxError `INVALID_NAME` */
export function mountPath(name: string): VfsPath {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/u.test(name)) return parseVfsPath(name, mountsRoot);
  throw new SandboxError('INVALID_NAME', `${JSON.stringify(name)} cannot name a mounted folder.`, {
    hint: 'Use up to 64 letters, digits, "-", "_" and ".", not beginning with ".".',
  });
}

/** The mounted folders by path. */
export class Mounts {
  readonly #folders: ReadonlyMap<string, HostFolder>;

  /** @throws SandboxError `INVALID_NAME` */
  constructor(folders: ReadonlyMap<string, HostFolder>) {
    this.#folders = new Map([...folders].map(([name, folder]) => [mountPath(name), folder]));
  }

  get paths(): string[] {
    return [...this.#folders.keys()];
  }

  /** The mounted folder that has `path`, and the way to it from there. */
  at(path: VfsPath): { readonly folder: HostFolder; readonly below: string } | undefined {
    const root = [...foldersOf(path), path][1] ?? path;
    const folder = this.#folders.get(root);
    return folder && { folder, below: path.slice(root.length + 1) };
  }
}
