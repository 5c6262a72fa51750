import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { validate } from 'skills-ref';
import { describe, expect } from 'vitest';
import { referenceMarkdown, type SkillMetadata, skillMarkdown } from '../src/index.ts';
import { id, test } from './folder.ts';
import { versionOf } from './version-of.ts';

const tool = (server: string, name: string) => ({
  ...{ server, tool: name, digest: 'd'.repeat(64) },
  parts: { description: '"Reads. <!-- hi --> `x` | y\\nmore"' },
});

const metadata: SkillMetadata = {
  name: 'shared',
  description: 'Counts: "lines" --- of #files\nin a folder. Use to find long documents.',
  kind: 'program',
  created: '2026-11-01T00:00:00.000Z',
  createdWith: 'test',
  parameters: {
    type: 'object',
    properties: {
      folder: { type: 'string', description: 'Where to look' },
      ending: { type: 'string', enum: ['md', 'txt'] },
      depth: { type: 'integer' },
      all: { type: 'boolean' },
    },
    required: ['folder'],
  },
  result: '{ name: string }[]',
  allow: ['files.list_directory'],
  tools: [tool('files', 'list_directory'), tool('git', 'git_log')],
  servers: [],
};

describe('skillMarkdown()', () => {
  test.for([metadata, { ...metadata, kind: 'server' as const }])(
    'is valid for the validator of the Agent Skills format',
    async (one, { place: { skills, store } }) => {
      const files = new Map(versionOf(id, 'one'));
      files.set('SKILL.md', Buffer.from(skillMarkdown(one)));
      await store.save(id, files);
      expect(await validate(path.join(skills, 'shared'))).toEqual([]);
      // The validator does say no.
      await writeFile(path.join(skills, 'shared', 'SKILL.md'), '---\nname: Other\n---\n');
      expect(await validate(path.join(skills, 'shared'))).not.toEqual([]);
    },
  );

  test('tells how to run the skill in about 110 tokens', () => {
    const [, , body = ''] = skillMarkdown(metadata).split(/^---$/mu);
    expect(body).toContain(
      'mcp-cli skill run shared --folder <text> [--ending <md|txt>] [--depth <number>] [--all]',
    );
    expect(countTokens(body)).toBeLessThanOrEqual(115);
  });
});

describe('referenceMarkdown()', () => {
  test('lists parameters and tools, and shows texts of servers as texts', () => {
    const text = referenceMarkdown(metadata, "import it from 'x'");
    expect(text).toContain("In a program: `import it from 'x'`.");
    expect(text).toContain('| `--folder` | `text` | yes | Where to look |');
    expect(text).toContain('| `files.list_directory` | Reads. &lt;!-- hi --> `x` \\| y |');
    expect(text).not.toContain('<!--');
  });
});
