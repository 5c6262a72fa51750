import { generateSkillWrapper } from '@org/codegen';
import { parseServerId, parseVfsPath, type SkillId, toolsRoot, type VfsPath } from '@org/core';
import { programOf, type Skill, type SkillStore } from '@org/skill-store';

/** What skills are called by: each one is a tool of this server, which nobody has configured. */
export const skillsServer = parseServerId('skills');

const skillRoot = (id: SkillId): VfsPath => parseVfsPath(`skills/${id}`, toolsRoot);

/**
 * The folder of a skill below `/mcp-tools/skills`: its texts, and an `index.ts` whose default export
 * runs it in a sandbox of its own.
 */
function skillFolder(skill: Skill): ReadonlyMap<VfsPath, string> {
  const root = skillRoot(skill.id);
  const files = new Map<VfsPath, string>();
  for (const name of ['SKILL.md', 'REFERENCE.md'] as const) {
    const bytes = skill.files.get(name);
    if (bytes !== undefined)
      files.set(parseVfsPath(name, root), Buffer.from(bytes).toString('utf8'));
  }
  const program = programOf(skill);
  if (program !== undefined) {
    const { name, description, parameters, resultSchema } = program.metadata;
    const result = resultSchema === undefined ? {} : { result: resultSchema };
    const text = generateSkillWrapper({ name, description, parameters, ...result });
    files.set(parseVfsPath('index.ts', root), text);
  }
  return files;
}

/** Loaders of the folders of all skills; none of them is read before. */
export async function skillFolders(
  store: SkillStore,
): Promise<ReadonlyMap<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>> {
  const ids = await store.names();
  return new Map(ids.map((id) => [skillRoot(id), async () => skillFolder(await store.read(id))]));
}
