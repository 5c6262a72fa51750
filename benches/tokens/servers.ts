/** The real servers, as benches/servers installs them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readServerConfig, type ServerConfig } from '@org/bridge';

const installed = fileURLToPath(new URL('../servers/node_modules/', import.meta.url));

/** Package file and arguments of each server; `folder` is where it may work. */
const programs: Readonly<Record<string, (folder: string) => readonly [string, ...string[]]>> = {
  everything: () => ['@modelcontextprotocol/server-everything/dist/index.js'],
  filesystem: (folder) => ['@modelcontextprotocol/server-filesystem/dist/index.js', folder],
  memory: () => ['@modelcontextprotocol/server-memory/dist/index.js'],
  git: () => ['@cyanheads/git-mcp-server/dist/index.js'],
  pdf: (folder) => ['@modelcontextprotocol/server-pdf/dist/index.js', '--stdio', folder],
  mongodb: () => ['mongodb-mcp-server/dist/esm/index.js'],
  playwright: () => ['@playwright/mcp/cli.js', '--headless'],
  'chrome-devtools': () => ['chrome-devtools-mcp/build/src/bin/chrome-devtools-mcp.js'],
  thinking: () => ['@modelcontextprotocol/server-sequential-thinking/dist/index.js'],
};

export const serverNames: readonly string[] = Object.keys(programs);

/** Those whose definitions are counted: 125 tools. The other two repeat them or add one. */
export const countedServers: readonly string[] = serverNames.slice(0, 7);

export interface ServerStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where the servers of a workplace read and write. */
export function workFolder(base: string): string {
  return join(base, 'work');
}

/**
 * How to start a server, which sends nothing away.
 * @param base absolute; the server works in `workFolder(base)`
 */
export function serverStart(name: string, base: string): ServerStart {
  const program = programs[name];
  if (program === undefined) throw new Error(`There is no server ${name} here.`);
  const folder = workFolder(base);
  const [file, ...args] = program(folder);
  return {
    command: process.execPath,
    args: [join(installed, file), ...args],
    env: {
      MEMORY_FILE_PATH: join(base, 'memory.jsonl'),
      GIT_BASE_DIR: folder,
      LOGS_DIR: join(base, 'logs'),
      MCP_LOG_LEVEL: 'error',
      MDB_MCP_TELEMETRY: 'disabled',
      CHROME_DEVTOOLS_MCP_NO_USAGE_STATISTICS: '1',
    },
  };
}

/** Configuration of some of the servers; `servers.json` is written to `base`. */
export async function configure(names: readonly string[], base: string): Promise<ServerConfig> {
  mkdirSync(workFolder(base), { recursive: true });
  const mcpServers = Object.fromEntries(names.map((name) => [name, serverStart(name, base)]));
  const configPath = join(base, 'servers.json');
  writeFileSync(configPath, JSON.stringify({ mcpServers }));
  return readServerConfig({ cwd: base, env: process.env, configPath });
}
