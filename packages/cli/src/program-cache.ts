import path from 'node:path';
import { boolean } from '@oclif/core/flags';

/** `--no-cache`, of commands that compile. */
export const cacheFlag = boolean({
  allowNo: true,
  default: true,
  summary: 'Keep compiled programs in the cache folder, or in $MCP_CLI_CACHE. Default: yes.',
});

/**
 * Where compiled programs are kept: `$MCP_CLI_CACHE`, or the system's folder for caches. Nowhere when
 * that variable is empty, when `wanted` is false, or when the user has no home.
 */
export async function programCache(wanted: boolean): Promise<{ cacheDir?: string }> {
  if (!wanted) return {};
  const named = process.env.MCP_CLI_CACHE;
  if (named !== undefined) return named === '' ? {} : { cacheDir: named };
  try {
    // Reads the home folder as soon as it is loaded, and throws where there is none.
    const { default: envPaths } = await import('env-paths');
    return { cacheDir: path.join(envPaths('mcp-cli', { suffix: '' }).cache, 'programs') };
  } catch {
    return {};
  }
}
