import type { ServerConfig } from '@org/bridge';

/**
 * Where the servers' names are from. What is kept of a server holds within its scope: an equally named
 * one of other files is another one.
 */
export function configScope({ files }: Pick<ServerConfig, 'files'>): string {
  return files.map(({ path }) => path).join('\n');
}
