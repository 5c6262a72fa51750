import path from 'node:path';
import { boolean } from '@oclif/core/flags';

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

/**
 * Where `kind` is kept: in `$MCP_CLI_CACHE`, or in the system's folder for caches. Nowhere when that
 * variable is empty, when `wanted` is false, or when the user has no home.
 */
export async function cacheFolder(
  wanted: boolean,
  kind: 'programs' | 'catalogs',
): Promise<string | undefined> {
  if (!wanted) return undefined;
  const named = process.env.MCP_CLI_CACHE;
  if (named !== undefined) return named === '' ? undefined : path.join(named, kind);
  try {
    // Reads the home folder as soon as it is loaded, and throws where there is none.
    const { default: envPaths } = await import('env-paths');
    return path.join(envPaths('mcp-cli', { suffix: '' }).cache, kind);
  } catch {
    return undefined;
  }
}

/** Where a sandbox keeps compiled programs. */
export async function programCache(wanted: boolean): Promise<{ cacheDir?: string }> {
  const cacheDir = await cacheFolder(wanted, 'programs');
  return cacheDir === undefined ? {} : { cacheDir };
}
