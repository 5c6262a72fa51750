import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { makeFolder } from '@org/core';
import { cacheRoot } from './cache-root.ts';

/**
 * Keeps what V8 compiled of this program in the cache folder, which starts the next process faster.
 * Only in a folder that nobody else can write to, because it is run. Called before anything large is
 * imported.
 */
export async function keepCompiledCode(): Promise<void> {
  const root = await cacheRoot();
  if (root === undefined || process.getuid === undefined) return;
  const folder = path.join(root, 'code');
  try {
    makeFolder(folder, (one) => mkdirSync(one, { mode: 0o700 }));
    if (isOwn(statSync(root)) && isOwn(lstatSync(folder))) enableCompileCache(folder);
  } catch {
    // A disk that cannot be written to makes nothing but the start slower.
  }
}

function isOwn(found: Stats): boolean {
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
