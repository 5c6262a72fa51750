import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError, type ServerId } from '@org/core';
import { configFiles, configFolders, type FoundBy, projectFolder } from './config-files.ts';
import { ConfigText } from './config-text.ts';
import type { Environment } from './config-variables.ts';
import { parseFieldNames } from './field-names-entry.ts';
import { parseFilter } from './filter-entry.ts';
import { type CallPolicy, parseCallPolicy } from './policy-config.ts';
import { readRegularFile } from './regular-file.ts';
import { objectOf, parseEntry, type ServerEntry } from './server-entry.ts';

export interface ServerConfig {
  /** The files that were read; what an earlier one defines counts. */
  readonly files: readonly ConfigFile[];
  /** File by file, each in its own order. */
  readonly servers: readonly ServerEntry[];
  /** Of the nearest file that has a `policy`; empty where none has. */
  readonly policy: CallPolicy;
  /** Entries that do not count, because an earlier file has a server of that name. */
  readonly shadowed: readonly ShadowedEntry[];
}

/** A configuration file that was read. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  /** As messages show it: as it was named, or relative to the working folder. */
  readonly shownPath: string;
  readonly foundBy: FoundBy;
  /** SHA-256 of its content, hex. */
  readonly digest: string;
  /** All of its servers, those included that are disabled or do not count. */
  readonly servers: readonly ServerEntry[];
}

export interface ShadowedEntry {
  readonly id: ServerId;
  readonly origin: string;
  /** The origin of the entry that counts. */
  readonly by: string;
}

export interface ReadServerConfigOptions {
  /** Absolute; files are looked for from here upwards, and `configPath` is relative to it. */
  readonly cwd: string;
  /** The only file to read. */
  readonly configPath?: string;
  /** Where variables come from; kept for the later `resolve()`. */
  readonly env: Environment;
}

const maxFileBytes = 1024 * 1024;
const example = `{ "mcpServers": { "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."] } } }`;

/**
 * Reads the `mcpServers`, or VS Code's `servers`, of `configPath`; else of `.mcp.json`,
 * `.vscode/mcp.json` and `.cursor/mcp.json` in `cwd` and the folders above it up to the root of the
 * git repository. The nearest folder counts first, in a folder that order. JSON with comments and
 * trailing commas.
 * @throws SandboxError `CONFIG_NOT_FOUND`: no such file; `CONFIG_INVALID` with `file:line:column`
 */
export async function readServerConfig(options: ReadServerConfigOptions): Promise<ServerConfig> {
  const { cwd, configPath, env } = options;
  const files: ConfigFile[] = [];
  const servers = new Map<ServerId, ServerEntry>();
  const shadowed: ShadowedEntry[] = [];
  let policy: CallPolicy | undefined;
  for (const { file, foundBy } of await candidates(cwd, configPath)) {
    const shownPath = configPath ?? path.relative(cwd, file);
    const text = await readText({ path: file, shownPath, foundBy });
    if (text === undefined) continue;
    const parsed = parseFile(new ConfigText(shownPath, text), shownPath, file, env);
    const digest = createHash('sha256').update(text).digest('hex');
    files.push({ path: file, shownPath, foundBy, digest, servers: parsed.servers });
    policy ??= parsed.policy;
    for (const entry of parsed.servers) {
      const { id, origin } = entry;
      const first = servers.get(id);
      if (first === undefined) servers.set(id, entry);
      else shadowed.push({ id, origin, by: first.origin });
    }
  }
  if (files.length === 0) throw notFound(configPath);
  return { files, servers: [...servers.values()], shadowed, policy: policy ?? {} };
}

async function candidates(
  cwd: string,
  configPath: string | undefined,
): Promise<{ readonly file: string; readonly foundBy: FoundBy }[]> {
  if (configPath !== undefined) return [{ file: path.resolve(cwd, configPath), foundBy: 'name' }];
  const folders = await configFolders(cwd);
  return folders.flatMap((folder, index) =>
    configFiles.map((name) => ({
      file: path.join(folder, name),
      foundBy: index === 0 ? ('here' as const) : ('above' as const),
    })),
  );
}

/**
 * Reads a text as a server configuration, for what is wrong with it.
 * @param shownPath as messages show the file
 * @throws SandboxError `CONFIG_INVALID` with `file:line:column`
 */
export function checkServerConfig(text: string, shownPath: string): void {
  parseFile(new ConfigText(shownPath, text), shownPath, path.resolve(shownPath), {});
}

function parseFile(
  source: ConfigText,
  shownPath: string,
  file: string,
  env: Environment,
): { readonly servers: readonly ServerEntry[]; readonly policy: CallPolicy | undefined } {
  const expected = 'an object with "mcpServers" (or "servers", as VS Code has it)';
  const root = objectOf(source, source.parse(), expected);
  const list = root.get('mcpServers') ?? root.get('servers');
  if (list === undefined) throw source.invalid(0, expected);
  const context = { source, shownPath, folder: projectFolder(file), env };
  const nodes = objectOf(source, list, 'an object of servers by name for "mcpServers"');
  const servers = [...nodes].map(([id, node]) => ({
    ...parseEntry(context, id, node),
    ...parseFilter(context, node),
    ...parseFieldNames(context, node),
  }));
  const policy = root.get('policy');
  return { servers, policy: policy === undefined ? undefined : parseCallPolicy(source, policy) };
}

/** Undefined for a file that does not exist. */
async function readText({
  path: file,
  shownPath,
  foundBy,
}: Pick<ConfigFile, 'path' | 'shownPath' | 'foundBy'>): Promise<string | undefined> {
  try {
    if (foundBy !== 'name') return (await readRegularFile(file, maxFileBytes)).toString('utf8');
    // Who names a file may name a pipe: `--config <(command)`.
    const { size } = await stat(file);
    if (size > maxFileBytes) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EFBIG') {
      throw new SandboxError(
        'CONFIG_INVALID',
        `${shownPath}:1:1: expected at most ${maxFileBytes} bytes, the file has more.`,
        { cause: error },
      );
    }
    throw new SandboxError(
      'CONFIG_INVALID',
      `Cannot read the server configuration ${shownPath}: ${code}.`,
      { hint: 'It has to be a file that may be read.', cause: error },
    );
  }
}

function notFound(configPath: string | undefined): SandboxError {
  if (configPath !== undefined) {
    return new SandboxError('CONFIG_NOT_FOUND', `There is no server configuration ${configPath}.`, {
      hint: `Correct the path, or create the file, for example with\n${example}`,
    });
  }
  const [own, ...others] = configFiles;
  return new SandboxError(
    'CONFIG_NOT_FOUND',
    `There is no ${own} in the working folder, nor ${others.join(' or ')}, there or above it up to the root of its git repository.`,
    { hint: `Name a file with --config, or create ${own}, for example with\n${example}` },
  );
}
