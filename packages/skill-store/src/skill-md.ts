import { counted, isJsonObject, plainText } from '@org/core';
import type { SkillMetadata } from './metadata.ts';
import { flagUsage, skillParameters } from './parameters.ts';

/** Of the front matter that is read, in characters. */
const maxFrontMatter = 64 * 1024;
/** As the Agent Skills format bounds it. */
const maxDescription = 1_024;

/** `text` as a value of YAML on one line. Some readers take `---` within it for the end. */
function yamlText(text: string): string {
  return JSON.stringify(text.replaceAll('---', '—').replaceAll(/\s+/gu, ' ').trim());
}

/** `text` for a line of Markdown that is ours. */
function line(text: string): string {
  return plainText(text).replaceAll(/\s+/gu, ' ').trim();
}

/** Text of `SKILL.md`: what an agent needs to run the skill from a shell, and no more. */
export function skillMarkdown(metadata: SkillMetadata): string {
  const { name, description, kind, servers } = metadata;
  const needed = servers.map(({ id }) => line(id)).join(', ');
  const compatibility = `Needs mcp-cli${needed === '' ? '' : ` and the MCP servers ${needed}`}.`;
  return `---
name: ${name}
description: ${yamlText(plainText(description).slice(0, maxDescription))}
compatibility: ${yamlText(compatibility.slice(0, 500))}
metadata:
  mcp-cli.kind: ${kind}
  mcp-cli.format: "1"
---

${kind === 'program' ? programUsage(metadata) : serverUsage(metadata)}`;
}

function programUsage({ name, parameters, tools }: SkillMetadata): string {
  const flags = skillParameters(parameters).map((parameter) => ` ${line(flagUsage(parameter))}`);
  const servers = [...new Set(tools.map(({ server }) => server))].map(line);
  const calls =
    servers.length === 0 ? 'It calls no tools.' : `It calls tools of ${servers.join(', ')}.`;
  return `Run in a shell, in the project's folder:

\`\`\`sh
mcp-cli skill run ${name}${flags.join('')}
\`\`\`

The result goes to stdout as JSON; exit code 0 means that it returned. ${calls}
\`mcp-cli skill run ${name} --help\` explains the parameters; [REFERENCE.md](REFERENCE.md) has the
types.
`;
}

function serverUsage({ servers, tools }: SkillMetadata): string {
  const [server] = servers;
  const id = line(server?.id ?? '');
  return `The MCP server ${id} has ${counted(tools.length, 'tool')}, listed in [REFERENCE.md](REFERENCE.md). Call them from a
TypeScript program, which gives back only what it returns:

\`\`\`sh
mcp-cli generate ${id}             # their types
mcp-cli execute program.ts         # import { … } from './servers/${id}'
\`\`\`
`;
}

/** What a `SKILL.md` says of itself, whoever wrote it. Nothing in it is trusted. */
export async function describeMarkdown(text: string): Promise<string> {
  const [, front = '', body = ''] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/u.exec(text) ?? [];
  const { description } = await frontMatter(front.slice(0, maxFrontMatter));
  if (typeof description === 'string' && description.trim() !== '') return description.trim();
  const paragraph = (body || text).split('\n').find((one) => /^[^#\s-]/u.test(one));
  return paragraph?.trim().slice(0, maxDescription) ?? '';
}

async function frontMatter(text: string): Promise<Readonly<Record<string, unknown>>> {
  // Takes a third of the time in which a skill of ours is read, and that one needs none of it.
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { maxAliasCount: 10 });
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
