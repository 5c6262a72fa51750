import type { ToolSearch } from '@org/core';
import type { SkillStore } from '@org/skill-store';

/** A skill that a search has found. */
interface SkillHit {
  readonly name: string;
  /** The line that imports it. */
  readonly import: string;
  /** Its author's text. */
  readonly summary: string;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Programs among the skills whose name or description has words of the query, the most first. */
async function searchSkills(store: SkillStore, query: string): Promise<readonly SkillHit[]> {
  const wanted = [...new Set(wordsOf(query.slice(0, 1_000)))];
  const { skills } = await store.list();
  const found = skills.flatMap(({ id, description, metadata }) => {
    if (metadata?.kind !== 'program') return [];
    const own = wordsOf(`${id} ${description}`);
    const score = wanted.filter((word) => own.some((one) => one.startsWith(word))).length;
    const summary = description.split('\n', 1)[0] ?? '';
    const hit = { name: id, import: `import run from './skills/${id}'`, summary };
    return score === 0 ? [] : [{ score, hit }];
  });
  return found.sort((a, b) => b.score - a.score).map(({ hit }) => hit);
}

const maxSkillHits = 3;

/** `search`, with the skills that match before the tools. */
export function withSkills(store: SkillStore, search: ToolSearch): ToolSearch {
  return async (query, options) => {
    const [skills, tools] = await Promise.all([searchSkills(store, query), search(query, options)]);
    const shown = skills.slice(0, maxSkillHits);
    const hits = shown.map(({ name, summary }) => ({
      server: 'skills',
      tool: name,
      text: `// ${summary}`,
    }));
    const imports = options?.detail === 'name' ? [] : shown.map((skill) => `${skill.import};`);
    return {
      ...tools,
      hits: [...hits, ...tools.hits],
      imports: [...imports, ...tools.imports],
      found: skills.length + tools.found,
    };
  };
}
