import path from 'node:path';
import { createSkillStore, findSkillFolders, type SkillStore } from '@org/skill-store';

/**
 * The skills of the project that the working folder is in, or those of one folder.
 * @param folder of `--skills`
 */
export async function openSkillStore(folder?: string): Promise<SkillStore> {
  const folders =
    folder === undefined ? await findSkillFolders(process.cwd()) : [path.resolve(folder)];
  return createSkillStore({ folders, pins: await pinsFolder() });
}

/** Undefined where the user has no home: then no skill is trusted. */
async function pinsFolder(): Promise<string | undefined> {
  try {
    // Reads the home folder as soon as it is loaded, and throws where there is none.
    const { default: envPaths } = await import('env-paths');
    return path.join(envPaths('mcp-cli', { suffix: '' }).config, 'skills');
  } catch {
    return undefined;
  }
}
