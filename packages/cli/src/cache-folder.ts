import path from 'node:path';
import { boolean } from '@oclif/core/flags';
import { cacheRoot } from './cache-root.ts';

/** `--no-cache`, of commands that compile or read catalogs. */
export const cacheFlag = boolean({
  allowNo: true,
  default: true,
  summary:
    'Keep compiled programs and catalogs of servers in the cache folder, or in $MCP_CLI_CACHE. Default: yes.',
});

/** `--refresh`, of commands that show catalogs. */
export const refreshFlag = boolean({
  default: false,
  summary: 'Ask the servers for their tools, even if a catalog of theirs is in the cache.',
});

/** Where `kind` is kept; nowhere when `wanted` is false, or where nothing is kept at all. */
export async function cacheFolder(
  wanted: boolean,
  kind: 'programs' | 'catalogs' | 'verdicts',
): Promise<string | undefined> {
  const root = wanted ? await cacheRoot() : undefined;
  return root === undefined ? undefined : path.join(root, kind);
}

/** Where a sandbox keeps compiled programs. */
export async function programCache(wanted: boolean): Promise<{ cacheDir?: string }> {
  const cacheDir = await cacheFolder(wanted, 'programs');
  return cacheDir === undefined ? {} : { cacheDir };
}
