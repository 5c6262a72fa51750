import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

const conventions = [
  ['.claude', 'skills'],
  ['.agents', 'skills'],
] as const;

const kindOf = async (file: string) => {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return 'missing';
  return found.isDirectory() ? 'folder' : 'other';
};

/**
 * Folders of skills, the nearest first: `.claude/skills` and `.agents/skills` from `cwd` up to the
 * root of its git repository, or of `cwd` alone where there is none. Links below those are not
 * followed. The first one is where skills are saved, and may be missing: the nearest
 * `.claude/skills` that is there, or else the one in `cwd`.
 */
export async function findSkillFolders(cwd: string): Promise<readonly string[]> {
  const found: string[] = [];
  const projects = await projectFolders(await realpath(cwd));
  for (const folder of projects) {
    for (const [one, other] of conventions) {
      const skills = path.join(folder, one, other);
      const real = (await kindOf(path.join(folder, one))) === 'folder';
      if (real && (await kindOf(skills)) === 'folder') found.push(skills);
    }
  }
  const own = found.find((folder) => path.basename(path.dirname(folder)) === '.claude');
  const saved = own ?? path.join(projects[0], '.claude', 'skills');
  return [saved, ...found.filter((folder) => folder !== saved)];
}

async function projectFolders(cwd: string): Promise<readonly [string, ...string[]]> {
  const above: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (folder !== cwd) above.push(folder);
    if ((await kindOf(path.join(folder, '.git'))) !== 'missing') return [cwd, ...above];
    if (folder === path.dirname(folder)) return [cwd];
  }
}
