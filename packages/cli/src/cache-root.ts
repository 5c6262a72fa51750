import { usersCacheFolder } from './users-folder.ts';

/**
 * `$MCP_CLI_CACHE`, or the system's folder for caches. Nowhere when that variable is empty, or when
 * the user has no home.
 */
export async function cacheRoot(): Promise<string | undefined> {
  const named = process.env.MCP_CLI_CACHE;
  if (named !== undefined) return named === '' ? undefined : named;
  return usersCacheFolder();
}
