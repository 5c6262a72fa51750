import type { Findable } from '@org/codegen';
import type { SkillStore } from '@org/skill-store';
import { skillImport } from './skill-import.ts';
import { skillsServer } from './skill-wrappers.ts';

/** The programs among the skills, as a search over tools finds them too. */
export async function findableSkills(store: SkillStore): Promise<readonly Findable[]> {
  const { skills } = await store.list();
  return skills.flatMap(({ id, description, metadata }) => {
    if (metadata?.kind !== 'program') return [];
    const { parameters } = metadata;
    const line = `${skillImport(id)};`;
    return [{ server: skillsServer, name: id, description, parameters, import: line }];
  });
}
