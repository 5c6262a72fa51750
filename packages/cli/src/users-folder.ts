import path from 'node:path';

/** A file in the user's folder for configuration; undefined where the user has no home. */
export function usersFile(name: string): Promise<string | undefined> {
  return fileIn('config', name);
}

/** A file in the user's folder for data; undefined where the user has no home. */
export function usersDataFile(name: string): Promise<string | undefined> {
  return fileIn('data', name);
}

/** The user's folder for caches; undefined where the user has no home. */
export function usersCacheFolder(): Promise<string | undefined> {
  return fileIn('cache', '');
}

async function fileIn(
  kind: 'config' | 'data' | 'cache',
  name: string,
): Promise<string | undefined> {
  try {
    // Reads the home folder as soon as it is loaded, and throws where there is none.
    const { default: envPaths } = await import('env-paths');
    return path.join(envPaths('mcp-cli', { suffix: '' })[kind], name);
  } catch {
    return undefined;
  }
}
