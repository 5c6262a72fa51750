import type { FileSystem } from './file-system.ts';
import { parseVfsPath, toolsRoot, type VfsPath } from './ids.ts';
import { didYouMean } from './suggestion.ts';

async function namesIn(files: FileSystem, folder: VfsPath): Promise<string[]> {
  try {
    const names = await files.listFiles(folder);
    return names.map((name) => name.replace(/\/$|\.[jt]s$/u, ''));
  } catch {
    return [];
  }
}

/** What can be imported, for the message about an import that cannot be resolved. */
export async function importRemedy(files: FileSystem, specifier: string): Promise<string> {
  const servers = await namesIn(files, parseVfsPath('servers', toolsRoot));
  const known = servers.map((name) => `./servers/${name}`);
  const list = known.length === 0 ? 'no servers are configured' : known.slice(0, 20).join(', ');
  const suggestion = didYouMean(specifier, known);
  return `A program can import servers (${list}) and files by their path (/workspace/…, /mnt/…).${suggestion}`;
}
