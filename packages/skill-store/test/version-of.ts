import { metadataFile } from '../src/metadata.ts';
import type { SkillFiles } from '../src/skill-files.ts';

/** A skill whose files all tell the same version, so that a mix can be seen. */
export function versionOf(name: string, version: string, bytes = 2_000): SkillFiles {
  const text = `${version}\n`.repeat(Math.ceil(bytes / (version.length + 1)));
  const metadata = metadataFile({
    name,
    description: version,
    kind: 'server',
    created: '2026-11-01T00:00:00.000Z',
    createdWith: 'test',
    parameters: {},
    allow: [],
    tools: [],
    servers: [],
  });
  return new Map([
    ['SKILL.md', Buffer.from(text)],
    ['REFERENCE.md', Buffer.from(text)],
    ['metadata.json', metadata],
    ['vfs.json', Buffer.from(text)],
    ['module.wasm', Buffer.from(text)],
  ]);
}

/** The version that all files tell; throws where they don't agree. */
export function versionIn(files: SkillFiles): string {
  const told = new Set<string>();
  for (const [name, bytes] of files) {
    const text = Buffer.from(bytes).toString('utf8');
    told.add(name === 'metadata.json' ? JSON.parse(text).description : (text.split('\n')[0] ?? ''));
  }
  if (told.size !== 1) throw new Error(`A mix: ${[...told].join(', ')}`);
  return [...told][0] as string;
}
