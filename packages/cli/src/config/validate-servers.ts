import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ServerConfig, ServerEntry } from '@org/bridge';
import { SandboxError, type ServerId } from '@org/core';

/** Something about a server that keeps it from being used. */
export interface ServerProblem {
  readonly server: ServerId;
  readonly origin: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** What can be seen to be wrong with servers without starting them. Disabled ones are left out. */
export async function validateServers(config: ServerConfig): Promise<readonly ServerProblem[]> {
  const used = config.servers.filter(({ disabled }) => !disabled);
  return (await Promise.all(used.map(problemOf))).filter((one) => one !== undefined);
}

async function problemOf(entry: ServerEntry): Promise<ServerProblem | undefined> {
  const { id, origin } = entry;
  try {
    const server = entry.resolve();
    if (server.type !== 'stdio' || (await isCommand(server.command, server.cwd))) return undefined;
    const shown = JSON.stringify(server.shownCommand);
    return {
      server: id,
      origin,
      code: 'SERVER_UNAVAILABLE',
      message: `There is no command ${shown}.`,
      hint: 'Install it, or correct the name or PATH.',
    };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const { code, message, hint } = error;
    return { server: id, origin, code, message, ...(hint !== undefined && { hint }) };
  }
}

async function isCommand(command: string, cwd: string): Promise<boolean> {
  const places = /[\\/]/u.test(command)
    ? [path.resolve(cwd, command)]
    : (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, command));
  const found = places.map((file) =>
    access(file, constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}
