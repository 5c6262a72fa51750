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
  const skills = await namesIn(files, parseVfsPath('skills', toolsRoot));
  const ofServers = servers.map((name) => `./servers/${name}`);
  const ofSkills = skills.map((name) => `./skills/${name}`);
  const list = (names: readonly string[]) => names.slice(0, 20).join(', ');
  const parts = [
    ofServers.length === 0 ? 'servers (no servers are configured)' : `servers (${list(ofServers)})`,
    ...(ofSkills.length === 0 ? [] : [`skills (${list(ofSkills)})`]),
  ];
  const suggestion = didYouMean(specifier, [...ofServers, ...ofSkills]);
  return `A program can import ${parts.join(', ')} and files by their path (/workspace/…, /mnt/…).${suggestion}`;
}
