import type { VfsPath } from '@org/core';

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: VfsPath): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export function isBelow(path: string, folder: VfsPath): boolean {
  return path !== folder && isWithin(path, folder);
}

/** The folders that lead to `path`, outermost first, without the root and without itself. */
export function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}
