import path from 'node:path';
import { createSkillStore, findSkillFolders, type SkillStore } from '@org/skill-store';
import { usersFile } from '../users-folder.ts';

/**
 * The skills of the project that the working folder is in, or those of one folder.
 * Where the user has no home, no skill is trusted.
 * @param folder of `--skills`
 */
export async function openSkillStore(folder?: string): Promise<SkillStore> {
  const folders =
    folder === undefined ? await findSkillFolders(process.cwd()) : [path.resolve(folder)];
  return createSkillStore({ folders, pins: await usersFile('skills') });
}
