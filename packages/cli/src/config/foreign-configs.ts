import { homedir } from 'node:os';
import path from 'node:path';
import { readRegularFile } from '@org/bridge';
import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';

const maxFileBytes = 16 * 1024 * 1024;

/** A server that another program has in its configuration, as an entry of ours. Hostile text. */
export interface ForeignServer {
  readonly name: string;
  readonly entry: JsonObject;
  /** Whose it is: `Cursor`. */
  readonly program: string;
  /** The file, with the home folder as `~`. */
  readonly origin: string;
}

interface ForeignConfig {
  readonly program: string;
  /** Relative to the home folder; of those that are there, all are read. */
  readonly files: readonly string[];
  /** Members in which the servers are. */
  readonly at: readonly string[];
}

const support = 'Library/Application Support';

/** Where programs keep the servers of their users, in the order in which they are shown. */
const programs: readonly ForeignConfig[] = [
  { program: 'Claude Code', files: ['.claude.json'], at: ['mcpServers'] },
  {
    program: 'Claude Desktop',
    files: [
      `${support}/Claude/claude_desktop_config.json`,
      '.config/Claude/claude_desktop_config.json',
    ],
    at: ['mcpServers'],
  },
  { program: 'Cursor', files: ['.cursor/mcp.json'], at: ['mcpServers'] },
  {
    program: 'VS Code',
    files: [`${support}/Code/User/mcp.json`, '.config/Code/User/mcp.json'],
    at: ['servers'],
  },
  { program: 'Windsurf', files: ['.codeium/windsurf/mcp_config.json'], at: ['mcpServers'] },
  { program: 'Codex', files: ['.codex/config.toml'], at: ['mcp_servers'] },
  { program: 'Gemini CLI', files: ['.gemini/settings.json'], at: ['mcpServers'] },
  { program: 'opencode', files: ['.config/opencode/opencode.json'], at: ['mcp'] },
];

/** Names of the programs, for a flag. */
export const foreignPrograms = programs.map(({ program }) => slug(program));

export function slug(program: string): string {
  return program.toLowerCase().replaceAll(' ', '-');
}

export interface ForeignServers {
  readonly servers: readonly ForeignServer[];
  /** Files that cannot be read, and why. */
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
}

/**
 * The servers that other programs of this user have.
 * @param from of one of them only, by its slug
 */
export async function foreignServers(from?: string, home = homedir()): Promise<ForeignServers> {
  const servers: ForeignServer[] = [];
  const unreadable: { file: string; why: string }[] = [];
  for (const { program, files, at } of programs) {
    if (from !== undefined && slug(program) !== from) continue;
    for (const name of files) {
      const origin = `~/${name}`;
      try {
        const found = await read(path.join(home, name));
        if (found === undefined) continue;
        servers.push(...serversIn(found, at).map((one) => ({ ...one, program, origin })));
      } catch (error) {
        unreadable.push({ file: origin, why: (error as Error).message.split('\n', 1)[0] ?? '' });
      }
    }
  }
  return { servers, unreadable };
}

async function read(file: string): Promise<JsonObject | undefined> {
  const bytes = await readRegularFile(file, maxFileBytes).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(error.code)) return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
  const value: unknown = file.endsWith('.toml')
    ? parseToml(text)
    : parseJsonc(text, [], { allowTrailingComma: true });
  if (!isJsonObject(value)) throw new Error('it is no object');
  return value;
}

function serversIn(
  config: JsonObject,
  at: readonly string[],
): Pick<ForeignServer, 'name' | 'entry'>[] {
  let value: JsonValue | undefined = config;
  for (const key of at) {
    value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    const own = isJsonObject(entry) ? asOurs(entry) : undefined;
    return own === undefined ? [] : [{ name, entry: own }];
  });
}

const texts = (value: JsonValue | undefined): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** The entry as `.mcp.json` has it; undefined where it names neither a command nor an address. */
function asOurs(entry: JsonObject): JsonObject | undefined {
  const kept: Record<string, JsonValue> = {};
  for (const key of ['type', 'command', 'args', 'cwd', 'env', 'url', 'headers', 'disabled']) {
    const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
    if (value !== undefined) kept[key] = value;
  }
  // Gemini CLI, Windsurf, Codex and opencode have names of their own.
  const url = entry.httpUrl ?? entry.serverUrl;
  if (kept.url === undefined && typeof url === 'string') kept.url = url;
  if (isJsonObject(entry.http_headers)) kept.headers = entry.http_headers;
  if (isJsonObject(entry.environment)) kept.env = entry.environment;
  if (entry.enabled === false) kept.disabled = true;
  if (texts(entry.command)) {
    const [command, ...args] = entry.command;
    if (command === undefined) return undefined;
    kept.command = command;
    if (args.length > 0) kept.args = args;
  }
  if (['local', 'remote'].includes(String(kept.type))) delete kept.type;
  if (typeof kept.command !== 'string' && typeof kept.url !== 'string') return undefined;
  return kept;
}
