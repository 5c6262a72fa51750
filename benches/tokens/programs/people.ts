import { read_text_file } from './servers/filesystem';
import { create_entities, create_relations } from './servers/memory';

export default async function main({ folder }: { folder: string }) {
  const { content } = await read_text_file({ path: `${folder}/people.json` });
  const people: { name: string; role: string; manager?: string }[] = JSON.parse(content);
  await create_entities({
    entities: people.map(({ name, role }) => ({
      name,
      entityType: 'person',
      observations: [role],
    })),
  });
  const relations = people.flatMap(({ name, manager }) =>
    manager ? [{ from: name, to: manager, relationType: 'reports to' }] : [],
  );
  await create_relations({ relations });
  const counts = new Map<string, number>();
  for (const { to } of relations) counts.set(to, (counts.get(to) ?? 0) + 1);
  const [[most, reports]] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { most, reports, people: people.length };
}
