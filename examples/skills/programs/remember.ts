import { add_observations, create_entities, search_nodes } from './servers/memory';

interface Options {
  /** What it is about, such as a project or a person. */
  subject: string;
  /** What to remember, one or more facts. */
  fact: string[];
  kind?: 'project' | 'person' | 'decision';
}

/** Remembers facts about a subject for later sessions, each of them once. Use for decisions and names. */
export default async function remember({
  subject,
  fact,
  kind = 'project',
}: Options): Promise<{ added: string[]; known: string[] }> {
  const { entities } = await search_nodes({ query: subject });
  const found = entities.find(({ name }) => name === subject);
  const known = fact.filter((text) => found?.observations.includes(text));
  const added = fact.filter((text) => !known.includes(text));
  if (found === undefined) {
    await create_entities({ entities: [{ name: subject, entityType: kind, observations: added }] });
  } else if (added.length > 0) {
    await add_observations({ observations: [{ entityName: subject, contents: added }] });
  }
  return { added, known };
}
