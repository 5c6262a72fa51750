import { parseToolPattern, readServerConfig } from '@org/bridge';
import type { KnownType } from '@org/codegen';
import type { ServerId } from '@org/core';
import { openObservedTypes } from './observed-types.ts';
import { plainLine } from './plain-text.ts';

/**
 * The types that were learned of the configured servers, by server and tool.
 * @param pattern of tools; left out: all
 * @throws SandboxError as `readServerConfig` and `parseToolPattern`
 */
export async function knownTypes(configPath: string | undefined, pattern: string | undefined) {
  const config = await readServerConfig({
    cwd: process.cwd(),
    env: process.env,
    ...(configPath !== undefined && { configPath }),
  });
  const ids = config.servers.map(({ id }) => id).sort();
  const wanted = pattern === undefined ? undefined : parseToolPattern(pattern, ids);
  const matches = (server: ServerId) => (tool: string) => wanted?.matches(server, tool) ?? true;
  const observed = await openObservedTypes(config, (message) => {
    process.stderr.write(`Warning: ${plainLine(message)}\n`);
  });
  const servers = ids.filter((id) => wanted?.matchesServer(id) ?? true);
  const types: (KnownType & { readonly server: ServerId })[] = [];
  for (const server of servers) {
    const known = await observed.list(server);
    for (const one of known) if (matches(server)(one.tool)) types.push({ server, ...one });
  }
  const forget = async (): Promise<number> => {
    let count = 0;
    for (const server of servers) count += await observed.forget(server, matches(server));
    return count;
  };
  return { types, forget };
}
