import { stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The files in which MCP clients keep a project's servers, the first one first: Claude Code and
 * Copilot, VS Code, Cursor.
 */
export const configFiles = ['.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'] as const;

/** Of a file that counts: it was named; it is in the working folder itself; or in one above it. */
export type FoundBy = 'name' | 'here' | 'above';

/**
 * The folders whose files count: `cwd` and those above it up to the root of its git repository,
 * nearest first; `cwd` alone where there is none. A folder that belongs to another user ends the
 * way, since its files name commands to run.
 */
export async function configFolders(cwd: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    if (folders.length > 0 && !(await isOurs(folder))) break;
    folders.push(folder);
    if (await exists(path.join(folder, '.git'))) return folders;
    if (folder === path.dirname(folder)) break;
  }
  return folders.slice(0, 1);
}

/** The folder in which the servers of a configuration file run, unless they say otherwise. */
export function projectFolder(file: string): string {
  const folder = path.dirname(file);
  return ['.vscode', '.cursor'].includes(path.basename(folder)) ? path.dirname(folder) : folder;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function isOurs(folder: string): Promise<boolean> {
  const { uid } = await stat(folder);
  return process.getuid === undefined || uid === process.getuid();
}
