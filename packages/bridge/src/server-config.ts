import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError } from '@org/core';
import { ConfigText } from './config-text.ts';
import type { Environment } from './config-variables.ts';
import { parseFilter } from './filter-entry.ts';
import { objectOf, parseEntry, type ServerEntry } from './server-entry.ts';

export interface ServerConfigFile {
  /** Absolute path of the file. */
  readonly path: string;
  /** In the order of the file. */
  readonly servers: readonly ServerEntry[];
}

export interface ReadServerConfigOptions {
  /** Absolute; `.mcp.json` is looked for here, and `configPath` is relative to it. */
  readonly cwd: string;
  readonly configPath?: string;
  /** Where variables come from; kept for the later `resolve()`. */
  readonly env: Environment;
}

const defaultFile = '.mcp.json';
const maxFileBytes = 1024 * 1024;
const example = `{ "mcpServers": { "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."] } } }`;

/**
 * Reads the `mcpServers` of `configPath`, or of `.mcp.json` in `cwd`: JSON with comments and
 * trailing commas.
 * @throws SandboxError `CONFIG_NOT_FOUND`, or `CONFIG_INVALID` with `file:line:column`
 */
export async function readServerConfig(
  options: ReadServerConfigOptions,
): Promise<ServerConfigFile> {
  const shownPath = options.configPath ?? defaultFile;
  const file = path.resolve(options.cwd, shownPath);
  const text = await readText(file, shownPath, options.configPath !== undefined);
  const source = new ConfigText(shownPath, text);
  const root = objectOf(source, source.parse(), 'an object with "mcpServers"');
  const list = root.get('mcpServers');
  if (list === undefined) throw source.invalid(0, 'an object with "mcpServers"');
  const context = { source, shownPath, folder: path.dirname(file), env: options.env };
  const nodes = objectOf(source, list, 'an object of servers by name for "mcpServers"');
  return {
    path: file,
    servers: [...nodes].map(([id, node]) => ({
      ...parseEntry(context, id, node),
      ...parseFilter(context, node),
    })),
  };
}

async function readText(file: string, shownPath: string, asked: boolean): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) {
      throw new SandboxError(
        'CONFIG_INVALID',
        `${shownPath}:1:1: expected at most ${maxFileBytes} bytes, the file has ${size}.`,
      );
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw notFound(shownPath, asked, error);
    throw new SandboxError(
      'CONFIG_INVALID',
      `Cannot read the server configuration ${shownPath}: ${code}.`,
      { hint: 'Name a file that may be read.', cause: error },
    );
  }
}

function notFound(shownPath: string, asked: boolean, cause: unknown): SandboxError {
  return asked
    ? new SandboxError('CONFIG_NOT_FOUND', `There is no server configuration ${shownPath}.`, {
        hint: `Correct the path, or create the file, for example with\n${example}`,
        cause,
      })
    : new SandboxError('CONFIG_NOT_FOUND', `There is no ${shownPath} in the working folder.`, {
        hint: `Name a file with --config, or create ${shownPath}, for example with\n${example}`,
        cause,
      });
}
